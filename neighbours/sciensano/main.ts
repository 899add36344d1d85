// Stands in for Sciensano: takes results of rapid tests, once per delivery id, and acknowledges in the answer.
import { readOptions } from '../shared/options.ts'
import { runDestination } from '../shared/run-destination.ts'

await runDestination(
  {
    name: 'sciensano',
    posts: ['/fhir/results'],
    deduplicates: true,
    resultAfter: 0,
    refusals: {
      'refused-for-drill': 'Refused because the drill asks for it.',
      'not-a-result': 'The body is no Bundle with an Observation.',
    },
    act: ({ body }) =>
      body.includes('"Bundle"') && body.includes('"Observation"')
        ? { state: 'done', newEffect: true }
        : { state: 'refused', code: 'not-a-result' },
    proof: (deliveryId) => ({ reference: `SC-${deliveryId.slice(0, 13)}` }),
  },
  readOptions(process.argv.slice(2)),
)
