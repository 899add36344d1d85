import type { Code, CodeListFile } from './form-file.ts'

/** What a code list says of one code on one day; also outside its days, what the code stands for where the list has it. */
export type CodeAnswer =
  | { readonly state: 'known'; readonly code: Code }
  | { readonly state: 'unknown' }
  | { readonly state: 'expired'; readonly till: string; readonly code: Code }
  | { readonly state: 'early'; readonly from: string; readonly code: Code | null }
  | { readonly state: 'list-expired'; readonly till: string; readonly code: Code | null }

/** One list of codes in all its versions. */
export interface CodeList {
  readonly name: string
  readonly versions: readonly CodeListFile[]
  look(code: string, day: string): CodeAnswer
}

/**
 * Puts the versions of a list together. The version with the latest start not after the day counts; within it each code
 * has its own first and last day. A day after the last day of that version finds the list itself expired.
 */
export function codeList(name: string, files: readonly CodeListFile[]): CodeList {
  const versions = files
    .toSorted((a, b) => (a.from < b.from ? 1 : -1))
    .map((file) => ({ file, codes: new Map(Object.entries(file.codes)) }))
  const oldest = versions.at(-1)
  return {
    name,
    versions: files,
    look(code, day) {
      const version = versions.find((version) => version.file.from <= day)
      if (version === undefined)
        return { state: 'early', from: oldest?.file.from ?? day, code: oldest?.codes.get(code) ?? null }
      const { file, codes } = version
      const found = codes.get(code)
      if (file.till !== undefined && file.till < day)
        return { state: 'list-expired', till: file.till, code: found ?? null }
      if (found === undefined) return { state: 'unknown' }
      if (found.till !== undefined && found.till < day) return { state: 'expired', till: found.till, code: found }
      if (found.from !== undefined && found.from > day) return { state: 'early', from: found.from, code: found }
      return { state: 'known', code: found }
    },
  }
}

/**
 * What a code stands for, whatever its days say; null when the list does not have it. A record whose code was flagged and let
 * pass goes on with the same codes as any other.
 */
export function meaningOf(answer: CodeAnswer | undefined): Code | null {
  return answer === undefined || answer.state === 'unknown' ? null : answer.code
}
