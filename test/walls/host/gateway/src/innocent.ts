export const port = 8000;
