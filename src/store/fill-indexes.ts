import { thorough, type Queryable } from './connect.ts'

const filled = ['message_key', 'message', 'record', 'result', 'entry', 'record_check']

/**
 * Runs `work` while the tables of results have no indexes but those of their keys, and makes them anew afterwards: building one
 * over a million rows takes a second, keeping it current row by row half of the filling. For measuring only; readers of a
 * running hub would wait.
 */
export async function withoutIndexes<Answer>(db: Queryable, work: () => Promise<Answer>): Promise<Answer> {
  const { rows } = await db.query<{ name: string; definition: string }>({
    text: `select c.oid::regclass::text as name, pg_get_indexdef(c.oid) as definition
      from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
      where t.relname = any($1) and t.relnamespace = 'public'::regnamespace and not i.indisprimary`,
    values: [filled],
  })
  for (const { name } of rows) await db.query({ ...thorough, text: `drop index ${name}` })
  try {
    return await work()
  } finally {
    // Of a parent alone its definition would make no index of its partitions.
    for (const { definition } of rows) await db.query({ ...thorough, text: definition.replace(' ON ONLY ', ' ON ') })
  }
}
