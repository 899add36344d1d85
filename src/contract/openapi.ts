import { version } from '../kernel/version.ts'
import { fhirPaths } from './fhir.ts'
import { schemas } from './schemas.ts'

type Schema = keyof typeof schemas

const json = (schema: Schema, type = 'application/json'): object => ({
  content: { [type]: { schema: { $ref: `#/components/schemas/${schema}` } } },
})
const answer = (description: string, schema?: Schema): object => ({
  description,
  ...(schema === undefined ? {} : json(schema)),
})
const problem = (description: string, schema: Schema = 'Problem'): object => ({
  description,
  ...json(schema, 'application/problem+json'),
})

const bearer = [{ sender: [] }]
const open: readonly object[] = []

const unknown = problem('No token, or one that does not count')
const away = problem('The database does not answer now: again after Retry-After')

const inPath = (name: string, description: string): object => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
})
const inQuery = (name: string, description: string, schema: object): object => ({
  name,
  in: 'query',
  description,
  schema,
})

const messages = {
  post: {
    summary: 'Hand over one message; the answer is the proof of custody',
    security: bearer,
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: {
            anyOf: [{ $ref: '#/components/schemas/Form' }, { $ref: '#/components/schemas/Forms' }],
            description: 'One eForm or several: GET /forms lists every form and version',
          },
        },
        'application/fhir+json': {
          schema: {
            type: 'object',
            description: 'A QuestionnaireResponse or a Bundle of them; or results of a laboratory, as at POST /fhir',
          },
        },
        'application/hl7-v2': { schema: { type: 'string', description: 'An ORU^R01 of a laboratory, HL7v2 ER7' } },
      },
    },
    responses: {
      202: answer('Stored; `errors` lists every fault of every record', 'Receipt'),
      400: problem('Empty (message-empty), or no request that can be read (request-malformed). Nothing is stored'),
      401: problem('No token, or one that does not count. Nothing is stored'),
      408: problem('Too slow. Nothing is stored: send again'),
      409: problem('This messageId was used for other bytes. Both are kept', 'Conflict'),
      413: problem('Too large. Nothing is stored'),
      415: problem('This content type has no format here, or the body is compressed. Nothing is stored'),
      417: problem('It expects something other than 100-continue. Nothing is stored'),
      422: problem('Stored, with a receipt, and not readable', 'Unreadable'),
      431: problem('The head is larger than 16 kB. Nothing is stored'),
      500: problem('Without a receipt nothing is known of it: send again'),
      503: problem('No room, or this service is closed. Nothing is stored: send again after Retry-After'),
    },
  },
}

const trace = {
  get: {
    summary: 'Where every record of a message is, and why',
    security: bearer,
    parameters: [inPath('receipt', 'The receipt number')],
    responses: {
      200: answer('The trace', 'Trace'),
      401: unknown,
      404: problem('Never given to this sender'),
      410: problem('Its retention is over'),
      503: away,
    },
  },
}

const status = {
  get: {
    summary: 'What this sender is told: refusals, certificates; at least once, in order',
    security: bearer,
    parameters: [
      inQuery('after', 'The `next` of the page before; the beginning without it', { type: 'string' }),
      inQuery('limit', 'At most so many events', { type: 'integer', minimum: 1, maximum: 1_000, default: 200 }),
    ],
    responses: {
      200: answer('Events after the cursor', 'StatusPage'),
      400: problem('The cursor is none'),
      401: unknown,
      503: away,
    },
  },
}

const token = {
  post: {
    summary: 'A token for a signed assertion (RFC 6749 section 4.4, RFC 7523 section 2.2)',
    security: open,
    requestBody: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': {
          schema: {
            type: 'object',
            required: ['grant_type', 'client_assertion_type', 'client_assertion'],
            properties: {
              grant_type: { const: 'client_credentials' },
              client_assertion_type: { const: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' },
              client_assertion: { type: 'string' },
            },
          },
        },
      },
    },
    responses: {
      200: answer('The token', 'Token'),
      400: problem('Not readable, or another grant', 'OAuthProblem'),
      401: problem('Not proven', 'OAuthProblem'),
      413: problem('Larger than 16 kB', 'OAuthProblem'),
      415: problem('The body is compressed', 'OAuthProblem'),
      503: problem('Too many are asked for, or who asks cannot be known now: again after Retry-After', 'OAuthProblem'),
    },
  },
}

const acknowledgements = {
  post: {
    summary: 'What a destination says of a delivery by itself, signed with its secret (Standard Webhooks)',
    security: [{ destination: [] }],
    requestBody: { required: true, ...json('Acknowledgement') },
    responses: { 204: answer('Taken, also when it fits no delivery'), 401: problem('Not signed by that destination') },
  },
}

const forms = {
  get: { summary: 'Every form and version', security: open, responses: { 200: answer('The list', 'FormList') } },
}

const form = {
  get: {
    summary: 'The JSON Schema of one version of a form',
    security: open,
    parameters: [inPath('form', 'Its name'), inPath('version', 'Its version')],
    responses: { 200: answer('JSON Schema 2020-12'), 404: problem('There is no such form') },
  },
}

const healthz = {
  get: { summary: 'The process lives', security: open, responses: { 200: answer('It lives') } },
}

const readyz = {
  get: {
    summary: 'Whether this node takes work',
    security: open,
    responses: { 200: answer('It does', 'Health'), 503: answer('It leaves, or its spool is full', 'Health') },
  },
}

const metrics = {
  get: { summary: 'Figures for Prometheus', security: open, responses: { 200: answer('Text of Prometheus 0.0.4') } },
}

const contract = {
  get: { summary: 'This document', security: open, responses: { 200: answer('OpenAPI 3.1') } },
}

/** The machine API of the hub as OpenAPI 3.1; a test holds it to the routes that are there. */
export const openApi = {
  openapi: '3.1.0',
  info: {
    title: 'Sluis',
    version,
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    description: 'A health-data exchange in which every record is accounted for.',
  },
  paths: {
    '/messages': messages,
    '/messages/{receipt}': trace,
    '/status': status,
    '/oauth/token': token,
    '/acknowledgements': acknowledgements,
    '/forms': forms,
    '/forms/{form}/{version}': form,
    '/healthz': healthz,
    '/readyz': readyz,
    '/metrics': metrics,
    '/openapi.json': contract,
    ...fhirPaths,
  },
  components: {
    schemas,
    securitySchemes: {
      sender: { type: 'http', scheme: 'bearer', description: 'A token of POST /oauth/token' },
      destination: { type: 'apiKey', in: 'header', name: 'webhook-signature' },
    },
  },
} as const
