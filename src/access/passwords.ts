import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto'
import { SluisError } from '../kernel/errors.ts'
import { makeTurns } from '../kernel/turns.ts'

// OWASP password storage cheat sheet: scrypt with N = 2^15, r = 8, p = 3; 32 MB for about a fifth of a second.
const cost = { N: 32_768, r: 8, p: 3, maxmem: 64 * 1024 * 1024 }
const length = 32
const shape = /^scrypt\$32768\$8\$3\$([\w-]{22})\$([\w-]{43})$/

/** Sign-ins never cost more than two times 32 MB, however many come. */
const inTurn = makeTurns({ atOnce: 2, mostWaiting: 50, full: () => new SluisError('sign-in-busy', { seconds: 10 }) })

/** Hashes a password for keeping: algorithm, parameters, salt and hash in one text. Throws `sign-in-busy`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt)
  return `scrypt$${cost.N}$${cost.r}$${cost.p}$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

/**
 * Whether a password is the one that was hashed. Takes as long without a hash (no such person) as with one.
 * Throws `sign-in-busy` when too many are being checked.
 */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  const [, salt, hash] = shape.exec(kept ?? '') ?? []
  const computed = await derive(password, Buffer.from(salt ?? '', 'base64url'))
  return hash !== undefined && timingSafeEqual(computed, Buffer.from(hash, 'base64url'))
}

/** A password of 16 characters that are not taken for one another, 80 bits: `kfa7-2mxe-...`. */
export function makePassword(): string {
  const letters = '23456789abcdefghijkmnpqrstuvwxyz'
  const four = (): string => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('')
  return [four(), four(), four(), four()].join('-')
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return inTurn(
    () =>
      new Promise((resolve, reject) => {
        const done = (error: Error | null, key: Buffer): void => (error === null ? resolve(key) : reject(error))
        scrypt(password.normalize('NFKC'), salt, length, cost, done)
      }),
  )
}
