// Stands in for Vaccinnet: takes vaccinations with a ticket and tells the outcome later. It does not deduplicate: who posts
// twice has two vaccinations in the register, so a sender in doubt must ask by delivery id first.
import { readOptions } from '../shared/options.ts'
import { runDestination } from '../shared/run-destination.ts'

await runDestination(
  {
    name: 'vaccinnet',
    posts: ['/vaccinations'],
    deduplicates: false,
    resultAfter: 400,
    refusals: {
      'refused-for-drill': 'Refused because the drill asks for it.',
      'not-a-vaccination': 'The body is no Bundle with an Immunization.',
    },
    act: ({ body }) =>
      body.includes('"Bundle"') && body.includes('"Immunization"')
        ? { state: 'done', newEffect: true }
        : { state: 'refused', code: 'not-a-vaccination' },
    proof: (deliveryId) => ({ reference: `VN-${deliveryId.slice(0, 13)}` }),
  },
  readOptions(process.argv.slice(2)),
)
