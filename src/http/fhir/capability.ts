import { version } from '../../kernel/version.ts'
import { offers, types } from './interactions.ts'

/** The CapabilityStatement (FHIR R4 section 5.2) of a hub reached at `base`: made from the table the router uses. */
export function capabilityStatement(base: string): object {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-11-22',
    kind: 'instance',
    software: { name: 'Sluis', version },
    implementation: { description: 'Results of laboratories, every one accounted for', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json'],
    rest: [
      {
        mode: 'server',
        documentation:
          'POST / takes Bundles of type transaction, batch, document, collection and message. Custody is taken of the whole ' +
          'message or of nothing; each result in it is judged by itself, but those of a transaction are refused together, and ' +
          'the answer names every fault. It also takes a QuestionnaireResponse that answers a form of GET /forms, or a Bundle ' +
          'of them; these cannot be read or searched here. The header x-sluis-receipt carries the proof of custody. Results can be read some seconds later.',
        security: {
          cors: false,
          description:
            'Bearer token of POST /oauth/token. Reading takes a client of a care team, the header x-sluis-purpose, a ' +
            'therapeutic relation and the consent of the patient; every reading is logged. In an emergency: x-sluis-purpose BTG ' +
            'and the reason in x-sluis-reason, for an hour; whoever guards privacy is told.',
        },
        interaction: [{ code: 'transaction' }, { code: 'batch' }],
        resource: types.map((type) => ({
          type,
          documentation: offers[type].documentation,
          interaction: offers[type].interactions.map((code) => ({ code })),
          versioning: offers[type].interactions.includes('vread') ? 'versioned' : 'no-version',
          readHistory: offers[type].interactions.includes('history-instance'),
          updateCreate: false,
          conditionalCreate: false,
          conditionalRead: offers[type].interactions.includes('vread') ? 'not-match' : 'not-supported',
          conditionalUpdate: false,
          conditionalDelete: 'not-supported',
          searchParam: offers[type].search,
        })),
      },
    ],
  }
}
