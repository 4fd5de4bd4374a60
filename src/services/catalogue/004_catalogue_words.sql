-- Names and texts of the catalogue in plainer words, and in the words of the rest of the program (a schedule
-- is жадыбал). What an administrator has worded differently since stays as it is.
UPDATE service_kind SET text_ky = 'Тиричилик таштандыларын жадыбал боюнча чогултуп, чыгаруу.'
 WHERE code = 'waste' AND text_ky = 'Катуу тиричилик калдыктарын график боюнча чогултуу жана чыгаруу.';
UPDATE service_kind SET text_ky = 'Стадиондор, спорт залдары, спорт аянтчалары.'
 WHERE code = 'sport' AND text_ky = 'Стадиондор, спорт залдар, спорттук аянтчалар.';
UPDATE service_kind SET text_ky = 'Көчөлөрдү кечинде жарыктандыруу, чырактарды оңдоо.'
 WHERE code = 'lighting' AND text_ky = 'Көчөлөрдү кечинде жарык кылуу, чырактарды оңдоо.';
UPDATE service_fault SET name_ky = 'Таштанды уруксатсыз төгүлгөн'
 WHERE code = 'waste.dump' AND name_ky = 'Уруксатсыз таштанды';
UPDATE service_fault SET name_ky = 'Жолдо чуңкур бар'
 WHERE code = 'roads.pothole' AND name_ky = 'Жолдо чуңкур';
UPDATE service_fault SET name_ky = 'Жол тайгак'
 WHERE code = 'roads.ice' AND name_ky = 'Тайгак';
UPDATE service_fault SET name_ky = 'Унаа жадыбал боюнча жүрбөйт'
 WHERE code = 'transport.late' AND name_ky = 'Унаа графиги бузулду';
UPDATE service_fault SET name_ru = 'Ходит не по расписанию'
 WHERE code = 'transport.late' AND name_ru = 'Нарушен график';
UPDATE service_fault SET name_ru = 'Рейса не было'
 WHERE code = 'transport.none' AND name_ru = 'Рейс не вышел';
UPDATE service_fault SET name_ru = 'Остановки нет, или она сломана'
 WHERE code = 'transport.stop' AND name_ru = 'Нет остановки или сломана';
UPDATE service_fault SET name_ky = 'Айдоочунун үстүнөн арыз'
 WHERE code = 'transport.driver' AND name_ky = 'Айдоочуга арыз';
UPDATE service_fault SET name_ky = 'Кызматкердин үстүнөн арыз'
 WHERE code = 'kindergarten.staff' AND name_ky = 'Кызматкерге арыз';
UPDATE service_fault SET name_ky = 'Тамак-аш көйгөйү'
 WHERE code = 'kindergarten.food' AND name_ky = 'Тамак-аш боюнча';
UPDATE service_fault SET name_ru = 'Проблема с питанием'
 WHERE code = 'kindergarten.food' AND name_ru = 'Питание';
UPDATE service_fault SET name_ru = 'Дерево упало или может упасть'
 WHERE code = 'parks.tree' AND name_ru = 'Упало или опасно дерево';
UPDATE service_fault SET name_ky = 'Паркта таштанды жатат'
 WHERE code = 'parks.litter' AND name_ky = 'Паркта таштанды';
UPDATE service_fault SET name_ru = 'Инвентаря нет, или он сломан'
 WHERE code = 'sport.equipment' AND name_ru = 'Нет или сломан инвентарь';
UPDATE service_fault SET name_ky = 'Жабдык жок же бузулган'
 WHERE code = 'sport.equipment' AND name_ky = 'Жабдык жок же бузук';
UPDATE service_fault SET name_ru = 'Скот не привили'
 WHERE code = 'veterinary.vaccination' AND name_ru = 'Не проведена вакцинация';
UPDATE service_fault SET name_ru = 'Пастбище выбито'
 WHERE code = 'pasture.overgrazing' AND name_ru = 'Деградация пастбища';
UPDATE service_fault SET name_ky = 'Жайыт тапталып жатат'
 WHERE code = 'pasture.overgrazing' AND name_ky = 'Жайыт бузулуп жатат';
UPDATE service_fault SET name_ky = 'Жайыт акысы боюнча суроо'
 WHERE code = 'pasture.fee' AND name_ky = 'Жайыт акысы боюнча';
UPDATE service_fault SET name_ru = 'Вопрос о плате'
 WHERE code = 'pasture.fee' AND name_ru = 'Вопрос по плате';
UPDATE service_fault SET name_ru = 'Вопрос о начислении'
 WHERE code = 'water.bill' AND name_ru = 'Вопрос по начислению';
UPDATE service_fault SET name_ru = 'Вопрос о начислении'
 WHERE code = 'waste.bill' AND name_ru = 'Вопрос по начислению';
UPDATE service_fault SET name_ru = 'Справку задерживают'
 WHERE code = 'information.certificate' AND name_ru = 'Задержка справки';
UPDATE service_fault SET name_ru = 'Снег не убран'
 WHERE code = 'roads.snow' AND name_ru = 'Не убран снег';
UPDATE service_level SET name_ky = 'Бүт көчө'
 WHERE code = 'lighting:full' AND name_ky = 'Көчө толук';
