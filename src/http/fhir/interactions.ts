/** What this hub offers through FHIR: the router registers exactly this, and the CapabilityStatement says exactly this. */

export const types = ['Observation', 'DiagnosticReport', 'Patient'] as const
export type ResourceType = (typeof types)[number]

/** Type-level interactions of FHIR R4 (value set type-restful-interaction). */
export type Interaction = 'create' | 'read' | 'vread' | 'history-instance' | 'search-type'

export interface SearchParameter {
  readonly name: string
  readonly type: 'token' | 'date' | 'reference' | 'string'
  readonly documentation: string
}

export interface Offer {
  readonly interactions: readonly Interaction[]
  readonly search: readonly SearchParameter[]
  readonly documentation: string
}

const id: SearchParameter = { name: '_id', type: 'token', documentation: 'Ids, separated by commas, at most 500.' }
const updated: SearchParameter = {
  name: '_lastUpdated',
  type: 'date',
  documentation: 'When it arrived here. Prefixes eq, ne, gt, ge, lt, le, sa, eb.',
}
const patient: readonly SearchParameter[] = [
  { name: 'patient', type: 'reference', documentation: 'Patient/{id} or the id, as Patient of this server has it.' },
  {
    name: 'patient.identifier',
    type: 'token',
    documentation: 'system|value: INSZ, BSN, or a number local to its assigner. Also as patient:identifier.',
  },
]
const date: SearchParameter = {
  name: 'date',
  type: 'date',
  documentation:
    'When the sample was taken. Prefixes eq, ne, gt, ge, lt, le, sa, eb; a day is that of Europe/Brussels.',
}

export const offers: Readonly<Record<ResourceType, Offer>> = {
  Observation: {
    interactions: ['create', 'read', 'vread', 'history-instance', 'search-type'],
    search: [
      ...patient,
      {
        name: 'code',
        type: 'token',
        documentation: 'As sent, or the LOINC code it stands for. Exact; system| alone stands for all its codes.',
      },
      date,
      { name: 'status', type: 'token', documentation: 'observation-status of the version that counts.' },
      id,
      updated,
    ],
    documentation:
      'One result of a laboratory; its versions are what arrived of it. A search needs a patient or _id. What is withheld or ' +
      'not yet checked is left out and told in an OperationOutcome of the Bundle; read by id a withheld result has no value ' +
      'and dataAbsentReason masked. What a rule remarks without withholding is a note whose author is the rule, and the tag ' +
      'flagged. _sort is date or -date (default), _count at most 500.',
  },
  DiagnosticReport: {
    interactions: ['create', 'read', 'search-type'],
    search: [...patient, date, id, updated],
    documentation:
      'What one message said of one order; a later message is another report. A search needs a patient or _id. ' +
      'Newest first, _count at most 500.',
  },
  Patient: {
    interactions: ['read', 'search-type'],
    search: [
      {
        name: 'identifier',
        type: 'token',
        documentation: 'system|value: INSZ, BSN, or a number local to its assigner.',
      },
      { name: 'birthdate', type: 'date', documentation: 'A whole day, together with family.' },
      {
        name: 'family',
        type: 'string',
        documentation: 'The whole family name, together with birthdate. Accents and case aside.',
      },
      id,
    ],
    documentation: 'As the newest result has it. A search needs identifier, _id, or birthdate with family.',
  },
}

export interface Route {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly type: ResourceType
  readonly interaction: Interaction
}

const places: Readonly<Record<Interaction, readonly (readonly [Route['method'], string])[]>> = {
  create: [['POST', '']],
  read: [['GET', '/:id']],
  vread: [['GET', '/:id/_history/:version']],
  'history-instance': [['GET', '/:id/_history']],
  // By POST the identifiers of people stay out of the logs of what stands between.
  'search-type': [
    ['GET', ''],
    ['POST', '/_search'],
  ],
}

/** Every route of a resource type. */
export const routes: readonly Route[] = types.flatMap((type) =>
  offers[type].interactions.flatMap((interaction) =>
    places[interaction].map(([method, path]) => ({ method, url: `/fhir/${type}${path}`, type, interaction })),
  ),
)
