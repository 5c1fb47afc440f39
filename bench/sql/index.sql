-- SPDX-License-Identifier: Apache-2.0
--
-- The indexes that serve the questions best in SQLite and PostgreSQL (DuckDB is faster
-- without). SQLite has no INCLUDE, so what is read from the index stands at its end.
CREATE UNIQUE INDEX patient_pid ON patient (pid);
CREATE INDEX patient_tumours ON patient (tumours, sequenced, pid);
CREATE INDEX patient_sequenced ON patient (sequenced, pid);
CREATE INDEX tumour_tid ON tumour (tid);
CREATE INDEX tumour_pid ON tumour (pid, topo_group, topo, decade);
CREATE INDEX tumour_topo ON tumour (topo, morph, age_min, age_max, pid, tid, sequenced);
CREATE INDEX tumour_stage ON tumour (topo, stage, pid);
CREATE INDEX tumour_group ON tumour (topo_group, pid, dx_first);
CREATE INDEX treatment_code ON treatment (code, tid, start_first, start_last, sure, pid);
CREATE INDEX treatment_pid ON treatment (pid, class, start_first, start_last, code);
CREATE INDEX treatment_code_pid ON treatment (code, pid, start_first, start_last);
CREATE INDEX treatment_change ON treatment (change, pid);
CREATE INDEX treatment_year ON treatment (year, pid);
CREATE INDEX surgery_pid ON surgery (pid);
CREATE INDEX surgery_year ON surgery (year, pid);
CREATE INDEX alteration_gene ON alteration (gene, tid, sure, pid);
CREATE INDEX alteration_pid ON alteration (pid, gene);
CREATE INDEX measure_code ON measure (code, pid, date_first, date_last, value);
CREATE INDEX measure_year ON measure (year, pid);
CREATE INDEX event_year ON event (year, pid);
