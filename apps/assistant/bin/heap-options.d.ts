export declare const HEAP_OPTIONS: readonly string[]
