export const env: unknown = process.env;
