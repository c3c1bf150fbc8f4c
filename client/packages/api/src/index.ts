/** The typed client of the JSON-RPC API. The contract under `generated/` is written from the Rust sources. */

export { createClient } from "./client.ts";
export type { Client, CallOptions, ClientOptions } from "./client.ts";
export { ConnectionLost, isAbort, RpcFailure } from "./failure.ts";
export { errorCodes, type ErrorName } from "./codes.ts";
export { uploadDataFile, uploadFile } from "./upload.ts";
export type { StoredFile, UploadedFile, UploadOptions } from "./upload.ts";
export { explorationExportAddress, exportAddress, type ExportRequest } from "./export.ts";
export type { MethodName, Params, Result } from "./methods.ts";
export type * from "./generated/contract.ts";
