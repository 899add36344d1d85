/**
 * Whether a name is that of somebody else than who acts. One person is written in several ways: a command that was told no
 * name puts `command:` before the account it runs under, and capitals, accents composed or not and blanks differ by hand.
 *
 * @example isSecondPerson('command:lea', 'Lea') // false
 */
export function isSecondPerson(actor: string, confirmedBy: string): boolean {
  const second = plain(confirmedBy)
  return second !== '' && second !== plain(actor)
}

const plain = (name: string): string =>
  name
    .normalize('NFC')
    .trim()
    .replace(/^command:/i, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
