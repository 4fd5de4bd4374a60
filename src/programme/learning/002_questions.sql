-- Who answers: staff of the programme or of national bodies, by account. gender_day: trained as a gender expert on that day.
CREATE TABLE learning_expert (
    account BIGINT NOT NULL,
    topics TEXT NOT NULL,
    gender_day BIGINT,
    gender_proof TEXT NOT NULL,
    active BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    PRIMARY KEY (account)
);

-- A question of a municipality. state: asked, routed, answered, published, closed. What is public is a wording of its own,
-- without names: open_title, open_words, open_answer.
CREATE TABLE learning_question (
    unit TEXT NOT NULL,
    id BIGINT NOT NULL,
    topic TEXT NOT NULL,
    lang TEXT NOT NULL,
    title TEXT NOT NULL,
    words TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_day BIGINT NOT NULL,
    expert BIGINT NOT NULL,
    due_day BIGINT,
    answer TEXT NOT NULL,
    answered_day BIGINT,
    open_title TEXT NOT NULL,
    open_words TEXT NOT NULL,
    open_answer TEXT NOT NULL,
    search TEXT NOT NULL,
    published_day BIGINT,
    revision BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    once TEXT,
    PRIMARY KEY (unit, id)
);
CREATE UNIQUE INDEX learning_question_by_id ON learning_question (id);
CREATE UNIQUE INDEX learning_question_once ON learning_question (once) WHERE once IS NOT NULL;
CREATE INDEX learning_question_by_state ON learning_question (state, published_day, id);
CREATE INDEX learning_question_by_topic ON learning_question (topic, state, published_day);

-- What an answer rests on: words of a law as typed, or its address in the library.
CREATE TABLE learning_citation (
    unit TEXT NOT NULL,
    question BIGINT NOT NULL,
    position BIGINT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (unit, question, position)
);
CREATE INDEX learning_citation_of ON learning_citation (question, position);
