export declare function inCurrentRelease(file: string): string | undefined
