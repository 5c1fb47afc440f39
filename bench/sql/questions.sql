-- SPDX-License-Identifier: Apache-2.0
--
-- The questions of questions.tsv in SQL that SQLite, PostgreSQL and DuckDB all read, with the
-- same three values: certain, and possible beyond. Each gives rows of (three keys, certain,
-- possible); rows of the same keys are added up. Between braces, "yes DICTIONARY CODE…" stands
-- for the numbers of the codes at or below CODE…, "may DICTIONARY CODE…" for those, the ones
-- that are less precise, and 0 (not stated). bench_export.c fills them in.

-- Q1
SELECT topo_group, 0, 0, count(DISTINCT pid), 0 FROM tumour WHERE topo_group > 0 GROUP BY topo_group
UNION ALL
SELECT 0, 0, 0, count(*), 0 FROM patient p
WHERE NOT EXISTS (SELECT 1 FROM tumour t WHERE t.pid = p.pid AND t.topo_group > 0);

-- Q2: a patient without any tumour on record may have this one
SELECT 0, 0, 0, a.certain, a.possible - a.certain + p.n
FROM (SELECT count(DISTINCT pid) FILTER (WHERE topo IN ({yes topography C50}) AND morph IN ({yes morphology 8500/3})
                                         AND age_min >= 50 AND age_max <= 69) AS certain,
             count(DISTINCT pid) AS possible
      FROM tumour
      WHERE topo IN ({may topography C50}) AND morph IN ({may morphology 8500/3})
        AND age_max >= 50 AND age_min <= 69) a,
     (SELECT count(*) AS n FROM patient WHERE tumours = 0) p;

-- Q3: nothing is known of the genes of a tumour without any alteration of its own
SELECT 0, 0, 0, a.certain, b.possible - a.certain + p.n
FROM (SELECT count(DISTINCT pid) AS certain FROM tumour t
      WHERE topo IN ({yes topography C34}) AND morph IN ({yes morphology 8140/3})
        AND age_min >= 50 AND age_max <= 69
        AND EXISTS (SELECT 1 FROM alteration m WHERE m.tid = t.tid AND m.sure = 1 AND m.gene IN ({yes gene KRAS}))) a,
     (SELECT count(DISTINCT pid) AS possible FROM tumour t
      WHERE topo IN ({may topography C34}) AND morph IN ({may morphology 8140/3})
        AND age_max >= 50 AND age_min <= 69
        AND (t.sequenced = 0
             OR EXISTS (SELECT 1 FROM alteration m WHERE m.tid = t.tid AND m.gene IN ({may gene KRAS})))) b,
     (SELECT count(*) AS n FROM patient WHERE tumours = 0) p;

-- Q4
SELECT 0, 0, 0, a.certain, b.possible - a.certain
FROM (SELECT count(DISTINCT t.pid) AS certain FROM tumour t
      WHERE t.topo IN ({yes topography C38})
        AND EXISTS (SELECT 1 FROM alteration m WHERE m.pid = t.pid AND m.gene IN ({yes gene NF2}))
        AND EXISTS (SELECT 1 FROM treatment r WHERE r.pid = t.pid AND r.code IN ({yes treatment L01CA04}))) a,
     (SELECT count(*) AS possible
      FROM (SELECT t.pid FROM tumour t WHERE t.topo IN ({may topography C38})
            UNION SELECT pid FROM patient WHERE tumours = 0) t
      JOIN patient p ON p.pid = t.pid
      WHERE (p.sequenced = 0
             OR EXISTS (SELECT 1 FROM alteration m WHERE m.pid = t.pid AND m.gene IN ({may gene NF2})))
        AND EXISTS (SELECT 1 FROM treatment r WHERE r.pid = t.pid AND r.code IN ({may treatment L01CA04}))) b;

-- Q5: certainly not before: no chemotherapy may have started before the last possible day
SELECT 0, 0, 0, a.certain, b.possible - a.certain
FROM (SELECT count(DISTINCT r.pid) AS certain FROM treatment r
      WHERE r.code IN ({yes treatment L02BG L02AE L02BA L02BB L01FF L01FG L01FE L01FD L01EX L01EF})
        AND NOT EXISTS (SELECT 1 FROM treatment c
                        WHERE c.pid = r.pid AND c.class IN ({may class L01A L01B L01C L01D})
                          AND c.start_first < r.start_last)) a,
     (SELECT count(DISTINCT r.pid) AS possible FROM treatment r
      WHERE r.code IN ({may treatment L02BG L02AE L02BA L02BB L01FF L01FG L01FE L01FD L01EX L01EF})
        AND NOT EXISTS (SELECT 1 FROM treatment c
                        WHERE c.pid = r.pid AND c.class IN ({yes class L01A L01B L01C L01D})
                          AND c.start_last < r.start_first)) b;

-- Q6
SELECT 0, 0, 0, a.certain, a.possible - a.certain + p.n
FROM (SELECT count(DISTINCT r.pid) FILTER (WHERE r.sure = 1 AND r.code IN ({yes treatment L01XA01})
                                           AND r.start_first - t.dx_last >= 0
                                           AND r.start_last - t.dx_first <= 90) AS certain,
             count(DISTINCT r.pid) AS possible
      FROM treatment r JOIN tumour t ON t.tid = r.tid
      WHERE r.code IN ({may treatment L01XA01})
        AND r.start_last - t.dx_first >= 0 AND r.start_first - t.dx_last <= 90) a,
     (SELECT count(*) AS n FROM patient WHERE tumours = 0) p;

-- Q7
SELECT 0, 0, 0, a.certain, b.possible - a.certain
FROM (SELECT count(DISTINCT r.pid) AS certain FROM treatment r
      WHERE r.change >= 1 AND NOT EXISTS (SELECT 1 FROM surgery s WHERE s.pid = r.pid)) a,
     (SELECT count(DISTINCT r.pid) AS possible FROM treatment r
      WHERE (r.change >= 1 OR r.change IS NULL)
        AND NOT EXISTS (SELECT 1 FROM surgery s WHERE s.pid = r.pid)) b;

-- Q8: nothing is known of a patient in whom it was never measured
SELECT 0, 0, 0, a.certain, b.possible - a.certain
FROM (SELECT count(DISTINCT r.pid) AS certain FROM treatment r
      WHERE r.code IN ({yes treatment L01XA02})
        AND EXISTS (SELECT 1 FROM measure m
                    WHERE m.pid = r.pid AND m.code IN ({yes measure HEMOGLOBIN}) AND m.value < 10
                      AND m.date_first - r.start_last >= -30 AND m.date_last - r.start_first <= 0)) a,
     (SELECT count(DISTINCT r.pid) AS possible FROM treatment r
      WHERE r.code IN ({may treatment L01XA02})
        AND (EXISTS (SELECT 1 FROM measure m
                     WHERE m.pid = r.pid AND m.code IN ({may measure HEMOGLOBIN})
                       AND (m.value < 10 OR m.value IS NULL)
                       AND m.date_last - r.start_first >= -30 AND m.date_first - r.start_last <= 0)
             OR NOT EXISTS (SELECT 1 FROM measure m
                            WHERE m.pid = r.pid AND m.code IN ({yes measure HEMOGLOBIN})
                              AND m.value IS NOT NULL))) b;

-- Q9
WITH c (pid, sure) AS (
    SELECT pid, max(sure) FROM (
        SELECT pid, CASE WHEN gene IN ({yes gene TP53}) THEN 1 ELSE 0 END AS sure
        FROM alteration WHERE gene IN ({may gene TP53})
        UNION ALL SELECT pid, 0 FROM patient WHERE sequenced = 0) u
    GROUP BY pid)
SELECT t.topo_group, p.sex, t.decade,
       count(DISTINCT c.pid) FILTER (WHERE c.sure = 1), count(DISTINCT c.pid) FILTER (WHERE c.sure = 0)
FROM c JOIN patient p ON p.pid = c.pid JOIN tumour t ON t.pid = c.pid
GROUP BY t.topo_group, p.sex, t.decade
UNION ALL
SELECT 0, p.sex, -1, count(*) FILTER (WHERE c.sure = 1), count(*) FILTER (WHERE c.sure = 0)
FROM c JOIN patient p ON p.pid = c.pid WHERE p.tumours = 0 GROUP BY p.sex;

-- Q10
WITH c (pid, sure) AS (
    SELECT pid, max(CASE WHEN topo IN ({yes topography C34}) AND stage IN ({yes stage IV}) THEN 1 ELSE 0 END)
    FROM tumour WHERE topo IN ({may topography C34}) AND stage IN ({may stage IV}) GROUP BY pid
    UNION ALL SELECT pid, 0 FROM patient WHERE tumours = 0)
SELECT gene, 0, 0, certain, possible
FROM (SELECT m.gene AS gene, count(DISTINCT c.pid) FILTER (WHERE c.sure = 1) AS certain,
             count(DISTINCT c.pid) FILTER (WHERE c.sure = 0) AS possible
      FROM c JOIN alteration m ON m.pid = c.pid WHERE m.gene > 0 GROUP BY m.gene
      UNION ALL
      SELECT 0, count(*) FILTER (WHERE c.sure = 1), count(*) FILTER (WHERE c.sure = 0)
      FROM c JOIN patient p ON p.pid = c.pid WHERE p.sequenced = 0) g
ORDER BY certain DESC, certain + possible DESC, gene LIMIT 20;

-- Q11
WITH u (pid, year) AS (
    SELECT pid, year FROM event WHERE year > 0 UNION SELECT pid, year FROM treatment WHERE year > 0
    UNION SELECT pid, year FROM measure WHERE year > 0 UNION SELECT pid, year FROM surgery WHERE year > 0)
SELECT year, 0, 0, count(*), 0 FROM u GROUP BY year
UNION ALL
SELECT 0, 0, 0, (SELECT count(*) FROM patient) - (SELECT count(DISTINCT pid) FROM u), 0;

-- Q11b: a fact of unknown date may be of that year
SELECT 0, 0, 0, a.certain, b.possible - a.certain
FROM (SELECT count(*) AS certain FROM (
          SELECT pid FROM event WHERE year = 2023 UNION SELECT pid FROM treatment WHERE year = 2023
          UNION SELECT pid FROM measure WHERE year = 2023 UNION SELECT pid FROM surgery WHERE year = 2023) u) a,
     (SELECT count(*) AS possible FROM (
          SELECT pid FROM event WHERE year IN (2023, 0) UNION SELECT pid FROM treatment WHERE year IN (2023, 0)
          UNION SELECT pid FROM measure WHERE year IN (2023, 0)
          UNION SELECT pid FROM surgery WHERE year IN (2023, 0)) u) b;

-- Q12: keys are the arm and the days followed (-1: no usable date); numbers deaths and patients
WITH c (pid, t0) AS (
    SELECT pid, min(CASE WHEN dx_first > 0 THEN dx_first END) FROM tumour
    WHERE topo IN ({yes topography C34}) GROUP BY pid),
a (arm, days, dead) AS (
    SELECT CASE WHEN EXISTS (SELECT 1 FROM treatment r
                             WHERE r.pid = c.pid AND r.code IN ({yes treatment L01E})) THEN 1 ELSE 0 END,
           CASE WHEN p.dead = 2 THEN CASE WHEN p.death_first = 0 THEN NULL ELSE p.death_first END
                ELSE CASE WHEN p.news_first = 0 THEN NULL ELSE p.news_first END END - c.t0,
           CASE WHEN p.dead = 2 THEN 1 ELSE 0 END
    FROM c JOIN patient p ON p.pid = c.pid)
SELECT arm, CASE WHEN days IS NULL THEN -1 WHEN days < 0 THEN 0 ELSE days END, 0,
       sum(CASE WHEN days IS NULL THEN 0 ELSE dead END), count(*)
FROM a GROUP BY 1, 2;
