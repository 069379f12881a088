/** Why this reader refuses a file that Python's reads: a kind, and what our error says. docs/safetensors.md explains each. */
export const disagreements: Readonly<Record<string, RegExp>> = {
  'a name twice': /the header must have each name once|once each, but has "(dtype|shape|data_offsets)" too/,
  'a key beside dtype, shape and data_offsets': /once each, but has .* too/,
  'a type that this package does not know': /the dtype of tensor .* must be one of/,
  'a value in another form': /must have ("[[{]"|the dtype of tensor .* in quotes) at byte/,
  'white space around the header': /the header must begin with "\{"|nothing but spaces after its last "\}"/,
  'sizes whose product, zeros left out, is 2^53 or more': /must have fewer than 2\^53 bytes/,
  'an integer of 2^53 or more': /an integer >= 0 and < 2\^53 in digits alone/,
  'more axes than 64': /must have at most 64 axes/,
  'a name above the limit': /which is maxNameBytes, but it has more/,
};

/** The kind of a refusal that Python does not share; undefined if it has no explanation. */
export function kindOf(message: string): string | undefined {
  return Object.entries(disagreements).find(([, pattern]) => pattern.test(message))?.[0];
}
