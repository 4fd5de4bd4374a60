-- query: holiday_rules :many
-- out: month i64, day i64, from_year i64, to_year i64?, name_ky str, name_ru str, name_en str
SELECT month, day, from_year, to_year, name_ky, name_ru, name_en FROM holiday_rule
 ORDER BY month, day, from_year;

-- query: holiday_days :many
-- out: day i64, off i64, name_ky str, name_ru str, name_en str
SELECT day, off, name_ky, name_ru, name_en FROM holiday_day ORDER BY day;

-- query: holiday_put :exec
-- in: day i64, off i64, name_ky str, name_ru str, name_en str, source str
INSERT INTO holiday_day (day, off, name_ky, name_ru, name_en, source)
VALUES ($day, $off, $name_ky, $name_ru, $name_en, $source)
ON CONFLICT (day) DO UPDATE SET off = excluded.off, name_ky = excluded.name_ky,
    name_ru = excluded.name_ru, name_en = excluded.name_en, source = excluded.source;
