import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../kernel/durable-file.ts'
import type { Database } from '../store/connect.ts'
import { findPerson, insertLocalPerson } from '../store/people.ts'
import { hashPassword, makePassword } from './passwords.ts'
import { personRoles, type PersonRole } from './rights.ts'

interface LocalAccount {
  readonly login: string
  readonly role: PersonRole
  /** Null when the account is older than the file it is no longer in. */
  readonly password: string | null
}

export interface LocalAccounts {
  readonly accounts: readonly LocalAccount[]
  readonly file: string
}

/**
 * One account per role for the embedded default, with passwords made at the first start and kept in DATA/accounts.txt,
 * readable by the owner alone. A new database gets the passwords of the file; an account whose line was removed from the
 * file stays as it is.
 *
 * @example (await ensureLocalAccounts(db, '.sluis')).accounts[0] // { login: 'operator', role: 'operator', password: 'kfa7-...' }
 */
export async function ensureLocalAccounts(db: Database, dataFolder: string): Promise<LocalAccounts> {
  const file = join(dataFolder, 'accounts.txt')
  const kept = await readAccounts(file)
  const found = await Promise.all(personRoles.map((role) => findPerson(db, role)))
  const accounts = personRoles.map((role, index): LocalAccount => {
    const password = kept.get(role) ?? (found[index] === null ? makePassword() : null)
    return { login: role, role, password }
  })
  const missing = accounts.filter((_, index) => found[index] === null)
  // The file first: an account whose password nobody ever saw would be lost.
  if (missing.some(({ login }) => !kept.has(login))) await replaceFile(file, textOf(accounts))
  await Promise.all(missing.map((account) => addAccount(db, account)))
  return { accounts, file }
}

async function addAccount(db: Database, { login, role, password }: LocalAccount): Promise<void> {
  if (password === null) return
  await insertLocalPerson(db, { login, name: login, role, language: 'nl', passwordHash: await hashPassword(password) })
}

function textOf(accounts: readonly LocalAccount[]): string {
  const lines = accounts.flatMap(({ login, password }) => (password === null ? [] : [`${login} ${password}`]))
  return `# Local accounts of this hub: login, password. Remove a line to forget its password.\n${lines.join('\n')}\n`
}

async function readAccounts(file: string): Promise<Map<string, string>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const lines = [...text.matchAll(/^([a-z]+) (\S+)$/gm)]
  return new Map(lines.map(([, login = '', password = '']) => [login, password]))
}
