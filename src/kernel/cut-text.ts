/**
 * The beginning of a text, at most so many characters and never half of one: PostgreSQL takes no half character into JSON.
 *
 * @example cutText('ab😀', 3) // 'ab'
 */
export function cutText(text: string, most: number): string {
  return text.slice(0, most).replace(/\p{Cs}/gu, '')
}
