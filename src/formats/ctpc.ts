/** What the field writes for a patient who has no code of the call centre; stands where a CTPC code should. */
export const patientWithoutCtpc = '1234567890abcdef'
