-- How people write numbers and dates, as macros: text in, value out, NULL where the text is not one.

-- What stands for "nothing" in a column of numbers or dates.
CREATE OR REPLACE MACRO nothing(t) AS
  lower(t) IN ('-', '–', '—', '--', 'n/a', 'na', '#n/a', 'null', 'none', 'nan', '(blank)', 'k.a.', 's.o.');

-- A number without the spaces and apostrophes that group its digits.
CREATE OR REPLACE MACRO tight(t) AS regexp_replace(t, '[\s\x{00A0}\x{2009}\x{202F}''’`]', '', 'g');

-- sign, digits, thousands or millions (k, M) and sign of a number with a currency or a percent sign on either side; all
-- empty where it is not one.
CREATE OR REPLACE MACRO parts(t) AS regexp_extract(
  tight(t),
  '^([(+−-]*)(?:[A-Za-z]{0,3}\p{Sc}|[A-Z]{3}|[Kk]r\.?|zł|Kč|Ft)?([+−-]?)(\d[\d.,]*|[.,]\d+)([kKmM]|[mM]n|Mio\.?)?(?:[A-Za-z]{0,3}\p{Sc}|[A-Z]{3}|[Kk]r\.?|zł|Kč|Ft)?([−-]?)(%?)\)?$',
  ['before', 'inside', 'digits', 'times', 'after', 'percent']
);

-- The digits with a point before the decimals, by either way of writing; NULL where they do not follow it. No group of
-- thousands starts with a zero: 0.125 is an eighth whatever the rest of its column looks like.
CREATE OR REPLACE MACRO by_point(d) AS CASE
  WHEN regexp_full_match(d, '\d*\.?\d+|\d+\.') THEN d
  WHEN regexp_full_match(d, '[1-9]\d{0,2}(,\d{2,3})*,\d{3}(\.\d*)?') THEN replace(d, ',', '')
END;
CREATE OR REPLACE MACRO by_comma(d) AS CASE
  WHEN regexp_full_match(d, '\d*,?\d+|\d+,') THEN replace(d, ',', '.')
  WHEN regexp_full_match(d, '[1-9]\d{0,2}(\.\d{2,3})*\.\d{3}(,\d*)?') THEN replace(replace(d, '.', ''), ',', '.')
END;
CREATE OR REPLACE MACRO negative(p) AS
  p.before LIKE '%(%' OR p.before LIKE '%-%' OR p.before LIKE '%−%' OR p.inside IN ('-', '−') OR p.after <> '';

-- The number with a point (mark '.') or a comma (mark ',') before its decimals; `mark` NULL: either, where both agree.
CREATE OR REPLACE MACRO digits_of(d, mark) AS CASE
  WHEN mark = '.' THEN by_point(d)
  WHEN mark = ',' THEN by_comma(d)
  WHEN regexp_full_match(d, '\d+') THEN d
  WHEN by_point(d) IS NULL THEN by_comma(d)
  WHEN by_comma(d) IS NULL THEN by_point(d)
END;
CREATE OR REPLACE MACRO times_of(d, times) AS CASE
  WHEN times = '' THEN d
  ELSE rtrim(rtrim((try_cast(d AS DECIMAL(20,6)) * CASE WHEN lower(times) = 'k' THEN 1000 ELSE 1000000 END)::VARCHAR, '0'), '.')
END;
CREATE OR REPLACE MACRO signed(p, mark) AS
  CASE WHEN negative(p) THEN '-' ELSE '' END || times_of(digits_of(p.digits, mark), p.times);
-- The number as text with a point. Most are plain already, and reading those by parts would cost ten times as much.
CREATE OR REPLACE MACRO number(t, mark) AS CASE
  WHEN regexp_full_match(t, CASE WHEN mark = '.' THEN '-?\d*\.?\d+' ELSE '-?\d+' END) THEN t
  WHEN regexp_full_match(t, '[\d.,]+') THEN digits_of(t, mark)
  ELSE signed(parts(t), mark)
END;

-- The currency that stands beside a number: three letters, or a sign that means one currency.
CREATE OR REPLACE MACRO currency_of(t) AS CASE
  WHEN regexp_matches(t, '^[^\d]*\b[A-Z]{3}\b|\b[A-Z]{3}\b[^\d]*$') THEN regexp_extract(t, '\b([A-Z]{3})\b', 1)
  WHEN contains(t, '€') THEN 'EUR'
  WHEN contains(t, '£') THEN 'GBP'
  WHEN contains(t, '₹') THEN 'INR'
  WHEN regexp_matches(t, 'R\$') THEN 'BRL'
  WHEN regexp_matches(t, '(A|AU)\$') THEN 'AUD'
  WHEN regexp_matches(t, '(C|CA)\$') THEN 'CAD'
  WHEN contains(t, '$') THEN 'USD'
  WHEN contains(t, 'zł') THEN 'PLN'
END;

CREATE OR REPLACE MACRO month_number(name) AS coalesce(map {
  'jan': 1, 'january': 1, 'januar': 1, 'janner': 1, 'janvier': 1, 'janv': 1, 'enero': 1, 'ene': 1,
  'feb': 2, 'february': 2, 'februar': 2, 'feber': 2, 'fevrier': 2, 'fevr': 2, 'fev': 2, 'febrero': 2,
  'mar': 3, 'march': 3, 'marz': 3, 'maerz': 3, 'mrz': 3, 'mars': 3, 'marzo': 3,
  'apr': 4, 'april': 4, 'avril': 4, 'avr': 4, 'abril': 4, 'abr': 4,
  'may': 5, 'mai': 5, 'mayo': 5,
  'jun': 6, 'june': 6, 'juni': 6, 'juin': 6, 'junio': 6,
  'jul': 7, 'july': 7, 'juli': 7, 'juillet': 7, 'juil': 7, 'julio': 7,
  'aug': 8, 'august': 8, 'aout': 8, 'agosto': 8, 'ago': 8,
  'sep': 9, 'sept': 9, 'september': 9, 'septembre': 9, 'septiembre': 9, 'setiembre': 9,
  'oct': 10, 'october': 10, 'okt': 10, 'oktober': 10, 'octobre': 10, 'octubre': 10,
  'nov': 11, 'november': 11, 'novembre': 11, 'noviembre': 11,
  'dec': 12, 'december': 12, 'dez': 12, 'dezember': 12, 'decembre': 12, 'diciembre': 12, 'dic': 12
}[name], 0);

-- A date with parts in any of the ways: year first; two numbers and a year; day, month's name, year; month's name, day, year.
CREATE OR REPLACE MACRO plain(t) AS
  regexp_replace(strip_accents(lower(t)), '^(mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]+\s*', '');
CREATE OR REPLACE MACRO year_first(s) AS regexp_extract(s,
  '^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ t,]+(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([ap]?)\.?\s?m?\.?\s*(z|utc|gmt|(?:utc|gmt)?[+-]\d{1,2}:?(?:\d{2})?)?)?$',
  ['y', 'a', 'b', 'h', 'i', 's', 'p', 'z']);
CREATE OR REPLACE MACRO year_last(s) AS regexp_extract(s,
  '^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[ t,]+(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([ap]?)\.?\s?m?\.?\s*(z|utc|gmt|(?:utc|gmt)?[+-]\d{1,2}:?(?:\d{2})?)?)?$',
  ['a', 'b', 'y', 'h', 'i', 's', 'p', 'z']);
CREATE OR REPLACE MACRO named_month(s) AS regexp_extract(s,
  '^(\d{1,2})(?:st|nd|rd|th|er|º)?[.\s/-]*(?:de\s+)?([a-z]+)[.,]?[\s/-]*(?:del?\s+)?(\d{4}|\d{2})(?:[ t,]+(?:at |um |a )?(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([ap]?)\.?\s?m?\.?\s*(z|utc|gmt|(?:utc|gmt)?[+-]\d{1,2}:?(?:\d{2})?)?)?$',
  ['b', 'm', 'y', 'h', 'i', 's', 'p', 'z']);
CREATE OR REPLACE MACRO month_named(s) AS regexp_extract(s,
  '^([a-z]+)[.\s/-]+(\d{1,2})(?:st|nd|rd|th)?[.,\s/-]+(\d{4})(?:[ t,]+(?:at )?(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([ap]?)\.?\s?m?\.?\s*(z|utc|gmt|(?:utc|gmt)?[+-]\d{1,2}:?(?:\d{2})?)?)?$',
  ['m', 'b', 'y', 'h', 'i', 's', 'p', 'z']);

CREATE OR REPLACE MACRO full_year(y) AS
  CASE WHEN length(y) = 4 THEN y WHEN y >= '70' THEN '19' || y ELSE '20' || y END;
CREATE OR REPLACE MACRO hour_of(r) AS CASE
  WHEN r.h = '' THEN '00'
  WHEN r.p = 'p' AND r.h::INTEGER < 12 THEN (r.h::INTEGER + 12)::VARCHAR
  WHEN r.p = 'a' AND r.h = '12' THEN '00'
  ELSE lpad(r.h, 2, '0')
END;
CREATE OR REPLACE MACRO offset_of(z) AS CASE
  WHEN z = '' THEN NULL
  WHEN regexp_matches(z, '[+-]') THEN
    (CASE WHEN contains(z, '-') THEN -1 ELSE 1 END)
    * (regexp_extract(z, '[+-](\d{1,2})', 1)::INTEGER * 60
       + coalesce(try_cast(regexp_extract(z, '[+-]\d{1,2}:?(\d{2})$', 1) AS INTEGER), 0))
  ELSE 0
END;
-- What the clock of the text shows, and how many minutes it is ahead of UTC (NULL: the text does not say).
CREATE OR REPLACE MACRO moment(r, year, month, day) AS {
  'clock': try_cast(full_year(year) || '-' || lpad(month, 2, '0') || '-' || lpad(day, 2, '0') || ' ' || hour_of(r) || ':'
    || CASE WHEN r.i = '' THEN '00' ELSE r.i END || ':' || CASE WHEN r.s = '' THEN '00' ELSE r.s END AS TIMESTAMP),
  'ahead': offset_of(r.z)
};
CREATE OR REPLACE MACRO serial(s) AS {
  'clock': TIMESTAMP '1899-12-30' + to_days(floor(s::DOUBLE)::INTEGER)
    + to_seconds(round((s::DOUBLE - floor(s::DOUBLE)) * 86400)),
  'ahead': NULL::INTEGER
};
CREATE OR REPLACE MACRO two_numbers(r, first) AS CASE
  WHEN first = 'day' THEN moment(r, r.y, r.b, r.a)
  WHEN first = 'month' THEN moment(r, r.y, r.a, r.b)
  WHEN r.a = r.b THEN moment(r, r.y, r.a, r.b)
END;
-- `first` is 'day' or 'month' for dates like 03/04/2026; NULL: such dates cannot be read.
-- A list of one and a lambda name what is used more than once, so that it is computed once.
CREATE OR REPLACE MACRO plain_moment(s, first) AS CASE
  WHEN regexp_matches(s, '^\d{4}[-/.]') THEN
    list_transform([year_first(s)], lambda r: moment(r, r.y, r.a, r.b))[1]
  WHEN regexp_matches(s, '^\d{1,2}[-/.]\d{1,2}[-/.]') THEN
    list_transform([year_last(s)], lambda r: two_numbers(r, first))[1]
  WHEN regexp_full_match(s, '[2-7]\d{4}([.,]\d+)?') THEN serial(replace(s, ',', '.'))
  WHEN regexp_matches(s, '^\d') THEN
    list_transform([named_month(s)], lambda r: moment(r, r.y, month_number(r.m)::VARCHAR, r.b))[1]
  WHEN regexp_matches(s, '^[a-z]') THEN
    list_transform([month_named(s)], lambda r: moment(r, r.y, month_number(r.m)::VARCHAR, r.b))[1]
END;
CREATE OR REPLACE MACRO two_numbers(r, first) AS
  CASE WHEN first = 'day' OR r.a = r.b THEN moment(r, r.y, r.b, r.a) WHEN first = 'month' THEN moment(r, r.y, r.a, r.b) END;
CREATE OR REPLACE MACRO read_moment(t, first) AS list_transform([plain(t)], lambda s: plain_moment(s, first))[1];
-- The usual ways without a zone, by what reads them ten times as fast; NULL for all others.
CREATE OR REPLACE MACRO this_age(clock) AS CASE WHEN clock >= TIMESTAMP '1900-01-01' THEN clock END;
CREATE OR REPLACE MACRO usual(t, first) AS this_age(CASE
  WHEN t[5] = '-' THEN try_strptime(t, ['%Y-%m-%d', '%Y-%m-%d %H:%M:%S', '%Y-%m-%d %H:%M', '%Y-%m-%dT%H:%M:%S'])
  WHEN first = 'day' THEN try_strptime(t, ['%d/%m/%Y', '%d.%m.%Y', '%d/%m/%Y %H:%M', '%d.%m.%Y %H:%M', '%d.%m.%Y %H:%M:%S'])
  WHEN first = 'month' THEN try_strptime(t, ['%m/%d/%Y', '%m/%d/%Y %I:%M %p', '%m/%d/%Y %H:%M'])
END);
-- The instant in UTC: a clock without a zone is read in `zone`.
CREATE OR REPLACE MACRO utc(m, zone) AS CASE
  WHEN m.ahead IS NULL THEN timezone('UTC', timezone(zone, m.clock))
  ELSE m.clock - to_minutes(m.ahead)
END;
CREATE OR REPLACE MACRO instant(t, first, zone) AS CASE WHEN t IS NOT NULL THEN
  coalesce(timezone('UTC', timezone(zone, usual(t, first))), list_transform([read_moment(t, first)], lambda m: utc(m, zone))[1])
END;
-- The day that the text names; where it names a zone too, the day it then was in `zone`.
CREATE OR REPLACE MACRO in_zone(m, zone) AS CASE
  WHEN m.ahead IS NULL THEN m.clock::DATE
  ELSE timezone(zone, timezone('UTC', m.clock - to_minutes(m.ahead)))::DATE
END;
CREATE OR REPLACE MACRO day(t, first, zone) AS CASE WHEN t IS NOT NULL THEN
  coalesce(usual(t, first)::DATE, list_transform([read_moment(t, first)], lambda m: in_zone(m, zone))[1])
END;

CREATE OR REPLACE MACRO yes(t) AS CASE
  WHEN lower(t) IN ('1', 'true', 'yes', 'y', 'x', 'ja', 'wahr', 'oui', 'vrai', 'sí', 'si', 'verdadero', 'checked') THEN true
  WHEN lower(t) IN ('0', 'false', 'no', 'n', 'nein', 'falsch', 'non', 'faux', 'falso', 'unchecked') THEN false
END;

-- Whether a text may be a number, or a date, before anybody knows by which way of writing.
CREATE OR REPLACE MACRO number_like(t) AS regexp_full_match(t, '-?[\d.,]*\d[.,]?') OR parts(t).digits <> '';
CREATE OR REPLACE MACRO digits_in(t) AS
  CASE WHEN regexp_full_match(t, '[\d.,]*\d[\d.,]*') THEN t ELSE nullif(parts(t).digits, '') END;
-- The first and the second number of a date that has two before its year, each NULL for any other text.
CREATE OR REPLACE MACRO first_numbers(t) AS CASE
  WHEN t[2] IN ('/', '.', '-') OR t[3] IN ('/', '.', '-') THEN string_split(translate(left(t, 6), '/.', '--'), '-')
END;
CREATE OR REPLACE MACRO nth_number(w, n) AS try_cast(w[n] AS UTINYINT);
CREATE OR REPLACE MACRO date_like(t) AS
  usual(t, NULL) IS NOT NULL
  OR regexp_matches(t, '^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2}))([T ,].*)?$')
  OR day(t, 'day', 'UTC') IS NOT NULL;
