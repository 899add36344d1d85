import { posix } from 'node:path'
import type { SourceFile } from './source-tree.ts'

const kernel = ['kernel']
const pure = ['formats', 'identifiers', 'rules', 'certificates', 'monitors']
const working = [
  'intake',
  'reading',
  'checking',
  'delivery',
  'care',
  'access',
  'watch',
  'incidents',
  'services',
  'status',
  'status-page',
]
const edge = ['http', 'web']
/** `hub` holds the parts main starts and stops; `drills` starts whole hubs, as commands do. */
const top = ['commands', 'drills', 'main', 'hub', 'cli', 'config']

/** What each group of rooms may import besides itself; a room that stands in no group is not one of the house. */
const groups: readonly { readonly rooms: readonly string[]; readonly mayImport: readonly string[] }[] = [
  { rooms: kernel, mayImport: [] },
  { rooms: pure, mayImport: [...kernel, ...pure] },
  { rooms: ['contract'], mayImport: kernel },
  { rooms: ['store'], mayImport: [...kernel, ...pure] },
  { rooms: ['ledger'], mayImport: [...kernel, ...pure, 'store'] },
  { rooms: working, mayImport: [...kernel, ...pure, 'store', 'ledger'] },
  { rooms: edge, mayImport: [...kernel, ...pure, 'contract', 'store', 'ledger', ...working, ...edge] },
  {
    rooms: top,
    mayImport: [...kernel, ...pure, 'contract', 'store', 'ledger', ...working, ...edge, ...top, 'neighbours'],
  },
  { rooms: ['neighbours'], mayImport: [...kernel, ...pure] },
  {
    rooms: ['bench'],
    mayImport: [...kernel, ...pure, 'contract', 'store', 'ledger', ...working, ...edge, ...top, 'neighbours'],
  },
]

/** The room a file stands in: a folder of src, a file directly in src, or the top folder for what lies outside. */
function roomOf(path: string): string {
  const [first = '', second = '', ...deeper] = path.split('/')
  if (first !== 'src') return first
  return deeper.length > 0 ? second : second.replace(/\.tsx?$/, '')
}

/** Imports against the direction kernel <- pure rooms, store <- ledger <- working rooms <- http, web <- main. */
export function wrongImports(files: readonly SourceFile[]): string[] {
  const wrong: string[] = []
  for (const file of files) {
    const room = roomOf(file.path)
    const group = groups.find((each) => each.rooms.includes(room))
    if (group === undefined) {
      wrong.push(`${file.path}: ${room} is no room of the house`)
      continue
    }
    // A test may reach for what it tests with; its own file is shipped to nobody.
    if (file.isTest) continue
    for (const specifier of file.imports.filter((each) => each.startsWith('.'))) {
      const target = posix.join(posix.dirname(file.path), specifier)
      const other = roomOf(target)
      if (other !== room && !group.mayImport.includes(other)) {
        wrong.push(`${file.path}: ${room} must not import ${other} (${target})`)
      }
    }
  }
  return wrong
}
