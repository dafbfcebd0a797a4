// Workers may not compile WASM: an import gives the compiled module.

declare module '*.wasm' {
  const module: WebAssembly.Module
  export default module
}
