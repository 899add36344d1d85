import type { SourceFile } from './source-tree.ts'

const statements = [
  /\bselect\b[\s\S]{1,2000}?\bfrom\s+[a-z_("$]/i,
  /^\s*select\s+\S+\s*$/,
  /\binsert\s+into\s+[a-z_"$]/i,
  /\bupdate\s+[a-z_"$][\w".{}$]*\s+(?:as\s+\w+\s+)?set\b/i,
  /\bdelete\s+from\s+[a-z_"$]/i,
  /\b(?:create|alter|drop)\s+(?:unlogged\s+)?(?:table|index|schema|database|role)\b/i,
]

/** SQL outside the room that speaks it. Texts for people are no SQL, even with a "select ... from" in them. */
export function strayStatements(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => !file.isTest && !file.path.startsWith('src/store/') && !file.path.startsWith('src/web/texts/'))
    .flatMap((file) =>
      file.strings
        .filter((text) => statements.some((statement) => statement.test(text)))
        .map((text) => `${file.path}: SQL belongs in src/store: ${text.trim().slice(0, 60)}`),
    )
}

const longest = 300

/** Files that hold more than one idea, by their length. */
export function longFiles(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.lineCount > longest)
    .map((file) => `${file.path}: ${file.lineCount} lines, at most ${longest}`)
}

/** Default exports, and files that pass on what others export. */
export function hiddenExports(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const wrong: string[] = []
    if (/\bexport\s+default\b/.test(file.code)) wrong.push(`${file.path}: default export`)
    if (/\bexport\s+(?:type\s+)?(?:\*|\{[^}]*\}\s*from\b)/.test(file.code))
      wrong.push(`${file.path}: passes on exports`)
    if (/(?:^|\/)index\.tsx?$/.test(file.path)) wrong.push(`${file.path}: barrel`)
    return wrong
  })
}

/** Failure points that no code passes through: a crash test that names one would test nothing. */
export function unusedFailurePoints(files: readonly SourceFile[], names: readonly string[]): string[] {
  const passed = files
    .filter(
      (file) => !file.isTest && file.path !== 'src/kernel/failure-points.ts' && /\bfailurePoint\(/.test(file.code),
    )
    .flatMap((file) => file.strings)
  return names
    .filter((name) => !passed.includes(name))
    .map((name) => `failure point ${name}: no code passes through it`)
}
