/** Columns of rows with the type the schema gives them, so that nothing unchecked leaves this room. */
import type { SQLOutputValue } from 'node:sqlite';

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** A column that holds text. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : unexpected(column, 'text');
}

/** A column that holds text or NULL. */
export function optionalTextOf(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : textOf(row, column);
}

/** A column that holds an integer. */
export function integerOf(row: Row, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : unexpected(column, 'an integer');
}

/** A column that holds milliseconds since 1970. */
export function dateOf(row: Row, column: string): Date {
  return new Date(integerOf(row, column));
}

/** A column that holds milliseconds since 1970, or NULL. */
export function optionalDateOf(row: Row, column: string): Date | undefined {
  return row[column] === null ? undefined : dateOf(row, column);
}

/** A column that holds bytes. */
export function bytesOf(row: Row, column: string): Uint8Array {
  const value = row[column];
  return value instanceof Uint8Array ? value : unexpected(column, 'bytes');
}

/** The bound of a list: SQLite takes a negative LIMIT for none at all. */
export function rowLimit(limit: number): number {
  return Math.min(Math.max(0, limit), Number.MAX_SAFE_INTEGER);
}

function unexpected(column: string, wanted: string): never {
  throw new TypeError(`The column ${column} does not hold ${wanted}.`);
}
