-- The gender lens: questions asked of a service or of a plan. Data: another list is another migration.
CREATE TABLE learning_check (
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    position BIGINT NOT NULL,
    text_ky TEXT NOT NULL,
    text_ru TEXT NOT NULL,
    text_en TEXT NOT NULL,
    PRIMARY KEY (kind, code)
);

-- One look by a trained expert. kind: service or plan; object: the service's code, or the plan's name as it is known there.
-- state: open, done.
CREATE TABLE learning_lens (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    state TEXT NOT NULL,
    expert BIGINT NOT NULL,
    done_day BIGINT,
    revision BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    once TEXT,
    PRIMARY KEY (unit, id)
);
CREATE UNIQUE INDEX learning_lens_by_id ON learning_lens (id);
CREATE UNIQUE INDEX learning_lens_once ON learning_lens (once) WHERE once IS NOT NULL;
CREATE INDEX learning_lens_by_state ON learning_lens (state, done_day, id);

-- said: yes, partly, no, na.
CREATE TABLE learning_lens_answer (
    unit TEXT NOT NULL,
    lens BIGINT NOT NULL,
    code TEXT NOT NULL,
    said TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (unit, lens, code)
);
CREATE INDEX learning_lens_answer_of ON learning_lens_answer (lens);

-- What was found and what the municipality does about it. state: open, done, declined.
CREATE TABLE learning_finding (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    lens BIGINT NOT NULL,
    code TEXT NOT NULL,
    words TEXT NOT NULL,
    action TEXT NOT NULL,
    office TEXT NOT NULL,
    due_day BIGINT,
    state TEXT NOT NULL,
    closed_day BIGINT,
    note TEXT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (unit, id)
);
CREATE UNIQUE INDEX learning_finding_by_id ON learning_finding (id);
CREATE INDEX learning_finding_of ON learning_finding (lens, id);
CREATE INDEX learning_finding_by_state ON learning_finding (state, due_day, id);

INSERT INTO learning_check (kind, code, position, text_ky, text_ru, text_en) VALUES
  ('service', 'counted', 1, 'Кызматтан пайдалангандар аялдар жана эркектер деп өзүнчө саналабы?', 'Считают ли пользователей услуги отдельно: женщин и мужчин?', 'Are the users of the service counted as women and men apart?'),
  ('service', 'asked', 2, 'Аялдардан жана эркектерден бул кызматтан эмнени күтөрү өз-өзүнчө суралганбы?', 'Спрашивали ли женщин и мужчин отдельно, чего они ждут от услуги?', 'Were women and men asked apart what they expect of the service?'),
  ('service', 'time', 3, 'Иштөө убактысы бала караган адамга ыңгайлуубу?', 'Удобно ли время работы тем, кто смотрит за детьми?', 'Do the hours suit those who look after children?'),
  ('service', 'way', 4, 'Барчу жол жана жай кечинде да коопсузбу, жарык барбы?', 'Безопасны ли дорога и место вечером, есть ли свет?', 'Are the way and the place safe and lit in the evening?'),
  ('service', 'cost', 5, 'Төлөм жалгыз бой эне, карыя, көп балалуу үй-бүлө көтөрө алгыдайбы?', 'По силам ли плата одинокой матери, пожилым, многодетным?', 'Can a single mother, the old, a large family afford the fee?'),
  ('service', 'burden', 6, 'Кызмат үйдөгү акысыз жумушту (суу ташуу, бала кароо) азайтабы?', 'Уменьшает ли услуга неоплачиваемый труд дома (носить воду, смотреть за детьми)?', 'Does the service lessen unpaid work at home (carrying water, minding children)?'),
  ('service', 'toilets', 7, 'Мекемеде аялдарга өзүнчө даараткана жана бала ороочу жер барбы?', 'Есть ли отдельный туалет для женщин и место для пеленания?', 'Is there a toilet of their own for women and a place to change a baby?'),
  ('service', 'staff', 8, 'Кызматты көрсөткөндөр арасында аялдар барбы, акысы бирдейби?', 'Есть ли женщины среди тех, кто оказывает услугу, и равна ли оплата?', 'Are there women among the staff, and is the pay equal?'),
  ('service', 'complaint', 9, 'Арызды жашыруун, аял кызматкерге айта турган жол барбы?', 'Можно ли пожаловаться не при всех и сотруднице-женщине?', 'Can one complain in confidence, and to a woman?'),
  ('service', 'disabled', 10, 'Майыптыгы бар аялдар жана эркектер кызматка жете алабы?', 'Доступна ли услуга женщинам и мужчинам с инвалидностью?', 'Can women and men with a disability reach the service?'),
  ('plan', 'group', 1, 'Жумушчу топто аялдар 30 пайыздан кем эмеспи?', 'Не меньше ли 30 процентов женщин в рабочей группе?', 'Are 30 per cent at least of the working group women?'),
  ('plan', 'asked', 2, 'Көйгөйдү аялдар жана эркектер өз-өзүнчө айтканбы?', 'Называли ли проблему женщины и мужчины отдельно?', 'Did women and men name the problem apart?'),
  ('plan', 'people', 3, 'Пайда көрчү адамдар аялдар жана эркектер деп бөлүнгөнбү?', 'Разделены ли те, кто получит пользу, на женщин и мужчин?', 'Are those who will benefit told as women and men?'),
  ('plan', 'money', 4, 'Каражат аялдар биринчи атаган көйгөйлөргө да бөлүнгөнбү?', 'Есть ли деньги и на то, что женщины назвали первым?', 'Is there money for what women named first, too?'),
  ('plan', 'work', 5, 'План түзгөн жумуш орундары аялдарга да ачыкпы?', 'Открыты ли для женщин рабочие места, которые создаёт план?', 'Are the jobs that the plan makes open to women?'),
  ('plan', 'harm', 6, 'Иш кимдир бирөөнүн жүгүн оорлотпойбу (төлөм, алыс жол, кезек)?', 'Не станет ли кому-то тяжелее (плата, дальняя дорога, очередь)?', 'Does it make things harder for anybody (fees, distance, queues)?'),
  ('plan', 'meetings', 7, 'Талкуулар аялдар келе ала турган убакта жана жерде өттүбү?', 'Проходили ли обсуждения тогда и там, где могут быть женщины?', 'Were the discussions held when and where women could come?'),
  ('plan', 'measured', 8, 'Натыйжа аялдар менен эркектерге өзүнчө өлчөнөбү?', 'Будет ли результат измеряться отдельно для женщин и мужчин?', 'Will the result be measured for women and men apart?');
