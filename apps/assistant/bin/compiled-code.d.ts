export declare function keepCompiledCode(): void
