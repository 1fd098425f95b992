export declare const HEAP_OPTIONS: readonly string[]
export declare function beginAnewWithHeapOptions(): void
