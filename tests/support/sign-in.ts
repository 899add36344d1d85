import { hashPassword } from '../../src/access/passwords.ts'
import type { PersonRole } from '../../src/access/rights.ts'
import type { Language } from '../../src/kernel/language.ts'
import type { Queryable } from '../../src/store/connect.ts'
import { insertLocalPerson } from '../../src/store/people.ts'

/** Makes an account, with `<login>-secret` for a password, and signs in by the form; gives the `Cookie` header. */
export async function signIn(
  url: string,
  db: Queryable,
  login: string,
  role: PersonRole,
  language: Language = 'en',
): Promise<string> {
  const password = `${login}-secret`
  const passwordHash = await hashPassword(password)
  await insertLocalPerson(db, { login, name: login, role, language, passwordHash })
  const answer = await fetch(`${url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ name: login, password, next: '/nodes' }),
  })
  if (answer.headers.get('location') !== '/nodes') throw new Error(`${login} was not let in: ${answer.status}`)
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}
