/** Every address of the console, so that pages and routes cannot disagree. Parts of a path are escaped here. */

const part = encodeURIComponent

type Pair = readonly [string, string | number | null]

const query = (values: Readonly<Record<string, string | number | null>>): string => written(Object.entries(values))

function written(all: readonly Pair[]): string {
  const pairs = all.filter(([, value]) => value !== null && value !== '')
  return pairs.length === 0 ? '' : `?${pairs.map(([key, value]) => `${part(key)}=${part(String(value))}`).join('&')}`
}

export type PackAct = 'try' | 'shadow' | 'canary' | 'activate' | 'revert'

export const addresses = {
  overview: '/',
  signIn: '/sign-in',
  signOut: '/sign-out',
  openId: '/sign-in/openid',
  /** POST: `language`, `theme`, `back`. */
  preferences: '/preferences',
  trace: '/trace',
  traceOf: (id: string) => `/trace${query({ q: id })}`,
  books: '/books',
  booksCsv: (filter: Readonly<Record<string, string | null>>) => `/books.csv${query(filter)}`,
  nodes: '/nodes',
  replays: '/replays',
  replayNew: (values: Readonly<Record<string, string | null>> = {}) => `/replays/new${query(values)}`,
  replay: (id: string) => `/replays/${part(id)}`,
  destination: (id: string) => `/destinations/${part(id)}`,
  /** POST target of a destination's forms and GET of their confirm pages. */
  destinationAct: (id: string, act: 'pause' | 'resume') => `/destinations/${part(id)}/${act}`,
  destinationCsv: (id: string) => `/destinations/${part(id)}/history.csv`,
  service: (id: string) => `/services/${part(id)}`,
  /** Closing and opening its intake, pausing and resuming its forwarding. */
  serviceAct: (id: string, act: 'close' | 'open' | 'pause' | 'resume') => `/services/${part(id)}/${act}`,
  markUrgent: '/urgent',
  certificate: (id: string) => `/certificates/${part(id)}`,
  certificateImage: (record: string, kind: 'svg' | 'png', purpose: string) =>
    `/certificates/${part(record)}/qr.${kind}${query({ purpose })}`,
  packs: '/packs',
  pack: (name: string, values: Readonly<Record<string, string | null>> = {}) => `/packs/${part(name)}${query(values)}`,
  /** The tables of codes and units that a version of a pack needs. */
  packTables: (name: string, version: string, values: Readonly<Record<string, string | null>> = {}) =>
    `/packs/${part(name)}/versions/${part(version)}/tables${query(values)}`,
  packReport: (name: string, id: string) => `/packs/${part(name)}/reports/${part(id)}`,
  packReportCsv: (name: string, id: string) => `/packs/${part(name)}/reports/${part(id)}/impact.csv`,
  /** GET of the confirm page of an act on a pack, and POST target of its form. */
  packAct: (name: string, act: PackAct, values: Readonly<Record<string, string | null>> = {}) =>
    `/packs/${part(name)}/acts/${act}${query(values)}`,
  withheld: (values: Readonly<Record<string, string | null>> = {}) => `/withheld${query(values)}`,
  withheldCsv: (values: Readonly<Record<string, string | null>> = {}) => `/withheld.csv${query(values)}`,
  withheldAct: (act: 'release' | 'confirm' | 'undecide') => `/withheld/${act}`,
  patients: '/patients',
  patientResults: (index: string, values: Readonly<Record<string, string | null>> = {}) =>
    `/patients/${part(index)}${query(values)}`,
  patientMonitors: (index: string, values: Readonly<Record<string, string | null>> = {}) =>
    `/patients/${part(index)}/monitors${query(values)}`,
  patientMonitorsCsv: (index: string, purpose: string) => `/patients/${part(index)}/monitors.csv${query({ purpose })}`,
  /** POST: `reason`. */
  patientEmergency: (index: string) => `/patients/${part(index)}/emergency`,
  practices: (values: Readonly<Record<string, string | null>> = {}) => `/monitors${query(values)}`,
  practicesCsv: (values: Readonly<Record<string, string | null>> = {}) => `/monitors.csv${query(values)}`,
  /** Who read a patient without consent or relation. POST: `id`, `reason`. */
  emergencies: '/emergencies',
  emergenciesCsv: '/emergencies.csv',
  practiceReaders: '/monitors/readers',
  feeds: (values: Readonly<Record<string, string | null>> = {}) => `/feeds${query(values)}`,
  /** Server-sent events of a live fragment, in the language of the page it stands in. */
  live: (page: string, language: string, id?: string) =>
    `/live/${page}${id === undefined ? '' : `/${part(id)}`}${query({ lang: language })}`,
  asset: (name: string, version: string) => `/static/${name}${query({ v: version })}`,
} as const

/**
 * The same address with other values in its query. A name that stands there several times, as the records of a choice do,
 * stays so often.
 *
 * @example withQuery('/withheld/release?record=1&record=2&lang=fr', { lang: null }) // '/withheld/release?record=1&record=2'
 */
export function withQuery(address: string, values: Readonly<Record<string, string | number | null>>): string {
  const [path = '', old = ''] = address.split('?')
  const kept = [...new URLSearchParams(old)]
  const names = new Set(kept.map(([name]) => name))
  const others = Object.entries(values).filter(([name]) => !names.has(name))
  const changed = kept.flatMap(([name, value], place): Pair[] => {
    if (!Object.hasOwn(values, name)) return [[name, value]]
    // What is changed stands once, in the place of the first.
    return kept.findIndex(([one]) => one === name) === place ? [[name, values[name] ?? null]] : []
  })
  return `${path}${written([...changed, ...others])}`
}
