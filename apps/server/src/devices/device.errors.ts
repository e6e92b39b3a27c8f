/** Why a device was not changed. */
export type DeviceError =
  | { readonly type: "user-unknown" }
  | { readonly type: "contact-invalid" }
  /** Only an admin lets calls ring at an address: they could go anywhere. */
  | { readonly type: "contact-denied" }
  | { readonly type: "no-account" }
  | { readonly type: "too-many-phones"; readonly limit: number }
  | { readonly type: "store-away" };
