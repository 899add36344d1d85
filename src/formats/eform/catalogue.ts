import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { z } from 'zod'
import { dataFolder } from '../../kernel/package-root.ts'
import { codeList, type CodeList } from './code-list.ts'
import { compileForm, type Form } from './form.ts'
import { codeListFile, formFile, partFile, type CodeListFile } from './form-file.ts'

/** Every form in every version, and the code lists they draw on. */
export interface FormCatalogue {
  readonly forms: readonly Form[]
  readonly lists: ReadonlyMap<string, CodeList>
  find(form: string, version: string): Form | undefined
  /** Versions of one form, oldest first; empty for a form that is not there. */
  versionsOf(form: string): readonly Form[]
}

/**
 * Loads the forms of a data folder: `forms/parts/<part>.yaml`, `forms/<form>/<version>/form.yaml`,
 * `code-lists/<list>/<first day>.yaml`. Throws a `TypeError` that names the file when one does not fit; called at start.
 *
 * @example loadForms(dataFolder).find('rapid-test', '2.0')?.title.nl // 'Snelle antigeentest'
 */
export function loadForms(folder: string): FormCatalogue {
  const lists = new Map(
    foldersIn(join(folder, 'code-lists')).map((name) => {
      const files = filesIn(join(folder, 'code-lists', name)).map((file): CodeListFile => readYaml(file, codeListFile))
      return [name, codeList(name, files)]
    }),
  )
  const parts = new Map(
    filesIn(join(folder, 'forms', 'parts')).map((file) => {
      const part = readYaml(file, partFile)
      return [part.part, part.sections]
    }),
  )
  const forms = foldersIn(join(folder, 'forms'))
    .filter((form) => form !== 'parts')
    .flatMap((form) => foldersIn(join(folder, 'forms', form)).map((version) => join(folder, 'forms', form, version)))
    .map((place) => {
      const file = readYaml(join(place, 'form.yaml'), formFile)
      const named = file.parts.map((name) => {
        const part = parts.get(name)
        if (part === undefined) throw new TypeError(`${place} names the part ${name}, which is not there`)
        return part
      })
      return compileForm(file, named, lists)
    })
  return catalogueOf(forms, lists)
}

function catalogueOf(forms: readonly Form[], lists: ReadonlyMap<string, CodeList>): FormCatalogue {
  const byName = new Map<string, Form[]>()
  for (const form of forms.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    byName.set(form.name, [...(byName.get(form.name) ?? []), form])
  }
  return {
    forms,
    lists,
    find: (form, version) => byName.get(form)?.find((one) => one.version === version),
    versionsOf: (form) => byName.get(form) ?? [],
  }
}

let shipped: FormCatalogue | undefined

/** The catalogue that comes with the package, loaded once. */
export function shippedForms(): FormCatalogue {
  return (shipped ??= loadForms(dataFolder))
}

function readYaml<Type>(file: string, schema: z.ZodType<Type>): Type {
  const found = schema.safeParse(parse(readFileSync(file, 'utf8'), { prettyErrors: true }))
  if (found.success) return found.data
  const [issue] = found.error.issues
  throw new TypeError(`${file}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'does not fit'}`)
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(folder, name))
}
