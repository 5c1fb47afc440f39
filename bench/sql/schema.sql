-- SPDX-License-Identifier: Apache-2.0
--
-- The flat tables of bench_export.c; any of the three databases reads this.
CREATE TABLE patient (pid int, sex int, birth_first int, birth_last int, dead int, death_first int, death_last int, news_first int, news_last int, tumours int, sequenced int);
CREATE TABLE tumour (tid int, pid int, topo int, topo_group int, morph int, stage int, dx_first int, dx_last int, age_min int, age_max int, decade int, sequenced int);
CREATE TABLE treatment (pid int, tid int, sure int, code int, class int, start_first int, start_last int, change double precision, year int);
CREATE TABLE surgery (pid int, tid int, sure int, code int, date_first int, date_last int, year int);
CREATE TABLE alteration (pid int, tid int, sure int, gene int, date_first int, date_last int);
CREATE TABLE measure (pid int, code int, value double precision, date_first int, date_last int, year int);
CREATE TABLE event (pid int, kind int, date_first int, date_last int, year int);
