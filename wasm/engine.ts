// All kernels in one module: this is what is compiled, once with SIMD and once with relaxed SIMD. A kernel imports
// nothing but its sisters, owns no memory but what its caller points it at, and allocates nothing.

export { cellsBytes, cellsValidity } from './cells'
export { columnsBooleans, columnsDoubles, columnsIntegers, columnsTimes } from './columns-build'
export { columnsCollect, columnsCount, columnsPick } from './columns-collect'
export { columnsInfer } from './columns-infer'
export {
  columnsDictionary,
  columnsDistinct,
  columnsDistinctBytes,
  columnsDistinctMax,
  columnsPlain,
  columnsSlotsBytes,
} from './columns-text'
export {
  inputPtr as scanInputPtr,
  pathsFound as scanPathsFound,
  pathsPtr as scanPathsPtr,
  prepare as scanPrepare,
  rowsFound as scanRowsFound,
  rowsPtr as scanRowsPtr,
  scan,
  tokensFound as scanTokensFound,
  tokensPtr as scanTokensPtr,
} from './scan'

/** The first byte that is not the kernels' own. */
export function heapBase(): usize {
  return __heap_base
}
