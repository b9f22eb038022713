export const sealed = true;
