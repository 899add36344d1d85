import type { Queryable } from './connect.ts'
import { choiceValues, chosenBy, type WithheldChoice } from './visibility.ts'

/** How many records of each sender a choice holds; a record withheld by several rules counts once, as it is decided once. */
export async function withheldBySender(
  db: Queryable,
  choice: WithheldChoice,
): Promise<{ sender: string; count: number }[]> {
  const { rows } = await db.query<{ sender: string; count: number }>({
    text: `select coalesce(s.name, '') as sender, count(distinct w.record) as count
      from withheld w left join sender s on s.id = w.sender_id
      where ${chosenBy(choice)}
      group by 1 order by 2 desc, 1`,
    values: choiceValues(choice),
  })
  return rows
}

/** How many records each pack withholds, and all that is withheld; what two rules of a pack, or two packs, withhold counts once. */
export async function withheldByPack(
  db: Queryable,
): Promise<{ readonly packs: ReadonlyMap<string, number>; readonly all: number }> {
  const { rows } = await db.query<{ pack: string | null; count: number }>({
    text: `select pack, count(distinct record) as count from withheld where not refuses group by grouping sets ((pack), ())`,
  })
  const packs = new Map(rows.flatMap(({ pack, count }) => (pack === null ? [] : [[pack, count] as const])))
  return { packs, all: rows.find(({ pack }) => pack === null)?.count ?? 0 }
}
