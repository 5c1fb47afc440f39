// SPDX-License-Identifier: Apache-2.0
//
// usage: node duckdb.mjs load DATABASE SCHEMA FOLDER
//        node duckdb.mjs ask DATABASE SECONDS ROWS QUESTION.sql…
//
// DuckDB, in process: loads the flat tables of FOLDER (bench_export.c) and prints the seconds
// that took; or asks each QUESTION as bench_sqlite.c does. It uses all cores, and no indexes:
// it is faster without. Stands where its package is installed (see run).
import { DuckDBInstance } from '@duckdb/node-api';
import { basename } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';

const RUNS = 3;
const TABLES = ['patient', 'tumour', 'treatment', 'surgery', 'alteration', 'measure', 'event'];
const [what, database, ...rest] = process.argv.slice(2);
const instance = await DuckDBInstance.create(database);
const connection = await instance.connect();

async function load(schema, folder) {
    const start = performance.now();
    await connection.run(readFileSync(schema, 'utf8'));
    for (const table of TABLES)
        await connection.run(`COPY ${table} FROM '${folder}/${table}.csv' (FORMAT csv, HEADER false)`);
    await connection.run('CHECKPOINT');
    return { load_seconds: Number(((performance.now() - start) / 1000).toFixed(1)), index_seconds: 0 };
}

// [milliseconds, rows], or [null] when the limit was passed.
async function askOnce(sql, limit) {
    const timer = setTimeout(() => connection.interrupt(), limit * 1000);
    const start = performance.now();
    try {
        const reader = await connection.runAndReadAll(sql);
        return [performance.now() - start, reader.getRows()];
    } catch (error) {
        if (/interrupt/i.test(String(error)))
            return [null];
        throw error;
    } finally {
        clearTimeout(timer);
    }
}

async function ask(limit, rowsPath, paths) {
    const best = {};
    let lines = '';
    for (const path of paths) {
        const id = basename(path, '.sql'), sql = readFileSync(path, 'utf8');
        best[id] = null;
        for (let i = 0; i < RUNS; i++) {
            const [taken, rows] = await askOnce(sql, limit);
            if (taken === null)
                break;
            if (i === 0)
                lines += rows.map((row) => [id, ...row].join('\t') + '\n').join('');
            if (best[id] === null || taken < best[id])
                best[id] = taken;
            if (taken > limit * 1000 / 4)
                break;
        }
    }
    writeFileSync(rowsPath, lines);
    return Object.fromEntries(Object.entries(best).map(([id, ms]) => [id, ms === null ? null : Number(ms.toFixed(3))]));
}

const result = what === 'load' ? await load(...rest) : await ask(Number(rest[0]), rest[1], rest.slice(2));
console.log(JSON.stringify(result));
