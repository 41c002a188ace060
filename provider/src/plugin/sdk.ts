import { ofSdk } from "../runtime/ofSdk";

export const grpc: typeof import("@grpc/grpc-js") = ofSdk("@grpc/grpc-js");
export const { Struct, Value }: typeof import("google-protobuf/google/protobuf/struct_pb") = ofSdk(
  "google-protobuf/google/protobuf/struct_pb",
);
export const { Empty }: typeof import("google-protobuf/google/protobuf/empty_pb") = ofSdk("google-protobuf/google/protobuf/empty_pb");
export const { Any }: typeof import("google-protobuf/google/protobuf/any_pb") = ofSdk("google-protobuf/google/protobuf/any_pb");
