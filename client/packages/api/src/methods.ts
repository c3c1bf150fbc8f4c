import type { Methods } from "./generated/contract.ts";

/** The name of a remote method, such as `records.list`. */
export type MethodName = keyof Methods;

/** What a method takes. */
export type Params<M extends MethodName> = Methods[M]["params"];

/** What a method gives. */
export type Result<M extends MethodName> = Methods[M]["result"];
