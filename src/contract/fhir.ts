/** FHIR R4 and CDS Hooks as paths of OpenAPI. What each search takes stands in the CapabilityStatement. */

const bearer = [{ sender: [] }]
const open: readonly object[] = []

const resource = (description: string): object => ({
  description,
  content: { 'application/fhir+json': { schema: { type: 'object', required: ['resourceType'] } } },
})
const outcome = (description: string): object => resource(`OperationOutcome: ${description}`)

const purpose = {
  name: 'x-sluis-purpose',
  in: 'header',
  required: true,
  description: 'What it is read for; a line of the access log says so',
  schema: { enum: ['care', 'question-of-patient'] },
}
const inPath = (name: string): object => ({ name, in: 'path', required: true, schema: { type: 'string' } })

const refusals = {
  400: outcome('no purpose, no patient, or a parameter that cannot be read'),
  401: outcome('no token, or one that does not count'),
  403: outcome('no care team, no therapeutic relation, no consent, or excluded by the patient'),
}

const handOver = (summary: string, good: object): object => ({
  post: {
    summary,
    security: bearer,
    requestBody: { required: true, content: { 'application/fhir+json': { schema: { type: 'object' } } } },
    responses: {
      ...good,
      401: outcome('no token, or one that does not count. Nothing is stored'),
      409: outcome('this Bundle.identifier was used for other bytes. Both are kept'),
      415: outcome('this content type is not read here. Nothing is stored'),
      422: outcome('stored, with the header x-sluis-receipt, and refused: every fault with its place'),
      503: outcome('no room. Nothing is stored: send again after Retry-After'),
    },
  },
})

const read = (summary: string, ...path: readonly string[]): object => ({
  get: {
    summary,
    security: bearer,
    parameters: [...path.map(inPath), purpose],
    responses: {
      200: resource('The resource; a withheld value is masked and says why'),
      304: { description: 'The client has this version' },
      ...refusals,
      404: outcome('there is none'),
    },
  },
})

const search = (summary: string) =>
  ({
    get: { summary, security: bearer, parameters: [purpose], responses: { 200: resource(found), ...refusals } },
  }) as const

const found = 'A Bundle of type searchset; what is withheld stands in it as OperationOutcome'

const searchByForm = (summary: string): object => ({
  post: {
    summary: `${summary}, with identifiers in the body`,
    security: bearer,
    parameters: [purpose],
    requestBody: { content: { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } } },
    responses: { 200: resource(found), ...refusals },
  },
})

const created = {
  201: resource('OperationOutcome; Location says where it can be read, x-sluis-receipt is the proof of custody'),
}

export const fhirPaths = {
  '/fhir': handOver(
    'Hand over a Bundle (transaction, batch, document, collection or message), or a QuestionnaireResponse for a form',
    {
      200: resource(
        'Stored: a response for each entry, or an OperationOutcome; x-sluis-receipt is the proof of custody',
      ),
      201: resource('The same for what is no Bundle'),
    },
  ),
  '/fhir/metadata': {
    get: {
      summary: 'What can be done here through FHIR',
      security: open,
      responses: { 200: resource('CapabilityStatement') },
    },
  },
  '/fhir/Observation': { ...search('Results of a patient'), ...handOver('Hand over one result', created) },
  '/fhir/Observation/_search': searchByForm('Results of a patient'),
  '/fhir/Observation/{id}': read('A result, as the version that counts has it', 'id'),
  '/fhir/Observation/{id}/_history': read('Every version of a result', 'id'),
  '/fhir/Observation/{id}/_history/{version}': read('One version of a result', 'id', 'version'),
  '/fhir/DiagnosticReport': { ...search('Reports on a patient'), ...handOver('Hand over one report', created) },
  '/fhir/DiagnosticReport/_search': searchByForm('Reports on a patient'),
  '/fhir/DiagnosticReport/{id}': read('A report', 'id'),
  '/fhir/Patient': search('Patients by number, or by birth date and family name'),
  '/fhir/Patient/_search': searchByForm('Patients by number, or by birth date and family name'),
  '/fhir/Patient/{id}': read('A patient, as the newest result has it', 'id'),
  '/cds-services': {
    get: { summary: 'CDS Hooks: the services', security: open, responses: { 200: { description: 'The list' } } },
  },
  '/cds-services/sluis-monitors': {
    post: {
      summary: 'CDS Hooks: the monitors of a patient as cards (hook patient-view)',
      security: bearer,
      requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
      responses: {
        200: { description: 'Cards' },
        400: { description: 'No call of this hook' },
        403: { description: 'No care team, no therapeutic relation, no consent, or excluded by the patient' },
        412: { description: 'The patient is not sent along' },
      },
    },
  },
} as const
