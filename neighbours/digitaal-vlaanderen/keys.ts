import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeDevelopmentKeys, signerFromPem, type DevelopmentKeys } from '../../src/certificates/development.ts'
import type { Signer } from '../../src/certificates/signer.ts'

/** The document signer of a data folder, made the first time: a certificate must still verify after a restart. */
export async function loadKeys(folder: string): Promise<Signer> {
  const file = join(folder, 'keys.json')
  if (existsSync(file)) return signerFromPem(JSON.parse(readFileSync(file, 'utf8')) as DevelopmentKeys)
  const keys = await makeDevelopmentKeys()
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, JSON.stringify(keys, null, 2), { mode: 0o600 })
  return signerFromPem(keys)
}
