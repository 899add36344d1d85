/**
 * The parts of FHIR R4 (4.0.1) that a laboratory report is made of, one line an element: `name:Type`, `*` for a list, `!`
 * for required, `name[x]:A|B` for an element with a choice of types. Written for this hub; elements that never matter to a
 * result (narrative, profiles) are there so that they are not taken for unknown.
 */
const everyElement = 'id:string extension:Extension* modifierExtension:Extension*'

const dataTypes = {
  Period: 'start:dateTime end:dateTime',
  Coding: 'system:uri version:string code:code display:string userSelected:boolean',
  CodeableConcept: 'coding:Coding* text:string',
  Quantity: 'value:decimal comparator:comparator unit:string system:uri code:code',
  Range: 'low:Quantity high:Quantity',
  Ratio: 'numerator:Quantity denominator:Quantity',
  SampledData:
    'origin:Quantity! period:decimal! factor:decimal lowerLimit:decimal upperLimit:decimal dimensions:integer! data:string',
  Identifier: 'use:code type:CodeableConcept system:uri value:string period:Period assigner:Reference',
  Reference: 'reference:string type:uri identifier:Identifier display:string',
  HumanName: 'use:code text:string family:string given:string* prefix:string* suffix:string* period:Period',
  ContactPoint: 'system:code value:string use:code rank:integer period:Period',
  Address:
    'use:code type:code text:string line:string* city:string district:string state:string postalCode:string country:string period:Period',
  Annotation: 'author[x]:Reference|string time:dateTime text:string!',
  Attachment:
    'contentType:code language:code data:base64 url:uri size:integer hash:base64 title:string creation:dateTime',
} as const

/** Parts of one resource that have elements of their own, and the resources. */
const shapes = {
  ...dataTypes,
  ReferenceRange: 'low:Quantity high:Quantity type:CodeableConcept appliesTo:CodeableConcept* age:Range text:string',
  Component:
    'code:CodeableConcept! value[x]:Quantity|CodeableConcept|string|boolean|integer|Range|Ratio|SampledData|time|dateTime|Period dataAbsentReason:CodeableConcept interpretation:CodeableConcept* referenceRange:ReferenceRange*',
  Observation:
    'identifier:Identifier* basedOn:Reference* partOf:Reference* status:observationStatus! category:CodeableConcept* code:CodeableConcept! subject:Reference focus:Reference* encounter:Reference effective[x]:dateTime|Period|Timing|instant issued:instant performer:Reference* value[x]:Quantity|CodeableConcept|string|boolean|integer|Range|Ratio|SampledData|time|dateTime|Period dataAbsentReason:CodeableConcept interpretation:CodeableConcept* note:Annotation* bodySite:CodeableConcept method:CodeableConcept specimen:Reference device:Reference referenceRange:ReferenceRange* hasMember:Reference* derivedFrom:Reference* component:Component*',
  ReportMedia: 'comment:string link:Reference!',
  DiagnosticReport:
    'identifier:Identifier* basedOn:Reference* status:reportStatus! category:CodeableConcept* code:CodeableConcept! subject:Reference encounter:Reference effective[x]:dateTime|Period issued:instant performer:Reference* resultsInterpreter:Reference* specimen:Reference* result:Reference* imagingStudy:Reference* media:ReportMedia* conclusion:string conclusionCode:CodeableConcept* presentedForm:Attachment*',
  Patient:
    'identifier:Identifier* active:boolean name:HumanName* telecom:ContactPoint* gender:gender birthDate:date deceased[x]:boolean|dateTime address:Address* maritalStatus:CodeableConcept multipleBirth[x]:boolean|integer photo:Attachment* contact:Any* communication:Any* generalPractitioner:Reference* managingOrganization:Reference link:Any*',
  SpecimenCollection:
    'collector:Reference collected[x]:dateTime|Period duration:Any quantity:Quantity method:CodeableConcept bodySite:CodeableConcept fastingStatus[x]:CodeableConcept|Any',
  Specimen:
    'identifier:Identifier* accessionIdentifier:Identifier status:code type:CodeableConcept subject:Reference receivedTime:dateTime parent:Reference* request:Reference* collection:SpecimenCollection processing:Any* container:Any* condition:CodeableConcept* note:Annotation*',
  ServiceRequest:
    'identifier:Identifier* instantiatesCanonical:uri* instantiatesUri:uri* basedOn:Reference* replaces:Reference* requisition:Identifier status:code! intent:code! category:CodeableConcept* priority:code doNotPerform:boolean code:CodeableConcept orderDetail:CodeableConcept* quantity[x]:Quantity|Ratio|Range subject:Reference! encounter:Reference occurrence[x]:dateTime|Period|Timing asNeeded[x]:boolean|CodeableConcept authoredOn:dateTime requester:Reference performerType:CodeableConcept performer:Reference* locationCode:CodeableConcept* locationReference:Reference* reasonCode:CodeableConcept* reasonReference:Reference* insurance:Reference* supportingInfo:Reference* specimen:Reference* bodySite:CodeableConcept* note:Annotation* patientInstruction:string relevantHistory:Reference*',
  Practitioner:
    'identifier:Identifier* active:boolean name:HumanName* telecom:ContactPoint* address:Address* gender:gender birthDate:date photo:Attachment* qualification:Any* communication:CodeableConcept*',
  PractitionerRole:
    'identifier:Identifier* active:boolean period:Period practitioner:Reference organization:Reference code:CodeableConcept* specialty:CodeableConcept* location:Reference* healthcareService:Reference* telecom:ContactPoint* availableTime:Any* notAvailable:Any* availabilityExceptions:string endpoint:Reference*',
  Organization:
    'identifier:Identifier* active:boolean type:CodeableConcept* name:string alias:string* telecom:ContactPoint* address:Address* partOf:Reference contact:Any* endpoint:Reference*',
  Composition:
    'identifier:Identifier status:code! type:CodeableConcept! category:CodeableConcept* subject:Reference encounter:Reference date:dateTime! author:Reference* title:string! confidentiality:code attester:Any* custodian:Reference relatesTo:Any* event:Any* section:Any*',
  MessageHeader:
    'event[x]:Coding|uri destination:Any* sender:Reference enterer:Reference author:Reference source:Any! responsible:Reference reason:CodeableConcept response:Any focus:Reference* definition:uri',
  EntryRequest: 'method:method! url:uri! ifNoneMatch:string ifModifiedSince:instant ifMatch:string ifNoneExist:string',
  Entry: 'link:Any* fullUrl:uri resource:Any search:Any request:EntryRequest response:Any',
  Bundle: 'identifier:Identifier type:bundleType! timestamp:instant total:integer link:Any* entry:Entry* signature:Any',
} as const

/** The resources that are described here. */
export const resourceTypes: ReadonlySet<string> = new Set([
  'Observation',
  'DiagnosticReport',
  'Patient',
  'Specimen',
  'ServiceRequest',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Composition',
  'MessageHeader',
  'Bundle',
])

/** Elements that every resource has. */
const everyResource =
  'resourceType:string! id:id meta:Any implicitRules:uri language:code text:Any contained:Any* extension:Extension* modifierExtension:Extension*'

/** Values that FHIR leaves to choose from, where another value would mean something else. */
export const codes = {
  observationStatus: [
    'registered',
    'preliminary',
    'final',
    'amended',
    'corrected',
    'cancelled',
    'entered-in-error',
    'unknown',
  ],
  reportStatus: [
    'registered',
    'partial',
    'preliminary',
    'final',
    'amended',
    'corrected',
    'appended',
    'cancelled',
    'entered-in-error',
    'unknown',
  ],
  comparator: ['<', '<=', '>=', '>'],
  gender: ['male', 'female', 'other', 'unknown'],
  method: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'],
  bundleType: [
    'document',
    'message',
    'transaction',
    'transaction-response',
    'batch',
    'batch-response',
    'history',
    'searchset',
    'collection',
  ],
} as const

/** The line of elements of a shape, with what stands in all of them. */
export function linesOf(name: string): readonly string[] | null {
  if (!Object.hasOwn(shapes, name)) return null
  const own = shapes[name as keyof typeof shapes]
  return `${resourceTypes.has(name) ? everyResource : everyElement} ${own}`.split(' ')
}
