import type { TableTexts } from '../formats/lab/tables.ts'
import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'

/** The files of one version of a pack as they are kept; `service` and `version` are read from them once. */
export interface PackBody {
  readonly version: string
  readonly service: Service
  readonly pack: string
  readonly cases: string | null
  readonly notes: string
  /** The tables the version brings; absent where it needs those of the package. */
  readonly tables?: TableTexts | null
}

export interface StoredPack {
  readonly id: number
  readonly name: string
  readonly body: PackBody
  readonly sha256: Buffer
  readonly createdAt: Date
  readonly createdBy: string
}

const columns = 'id, name, body, sha256, created_at as "createdAt", created_by as "createdBy"'

/** Adds a version; null when this version of the pack is there already, whatever it says. */
export async function insertPack(
  db: Queryable,
  pack: { readonly name: string; readonly body: PackBody; readonly sha256: Buffer; readonly by: string },
): Promise<StoredPack | null> {
  const { rows } = await db.query<StoredPack>({
    text: `insert into setting (kind, name, body, sha256, created_by) values ('pack', $1, $2, $3, $4)
      on conflict do nothing returning ${columns}`,
    values: [pack.name, JSON.stringify(pack.body), pack.sha256, pack.by],
  })
  return rows[0] ?? null
}

/** Every version of every pack, or of one, oldest first. */
export async function storedPacks(db: Queryable, name: string | null = null): Promise<StoredPack[]> {
  const { rows } = await db.query<StoredPack>({
    text: `select ${columns} from setting where kind = 'pack' and ($1::text is null or name = $1) order by name, id`,
    values: [name],
  })
  return rows
}

/** Versions by their number, in no order. */
export async function packsById(db: Queryable, ids: readonly number[]): Promise<StoredPack[]> {
  const { rows } = await db.query<StoredPack>({
    name: 'packs-by-id',
    text: `select ${columns} from setting where id = any($1::bigint[])`,
    values: [ids],
  })
  return rows
}
