/** The bytes of a wasm file, which the bundler puts into the bundle. */
declare module "*.wasm" {
  const bytes: Uint8Array;
  export default bytes;
}
