export const random: unknown = crypto.getRandomValues(new Uint8Array(1));
