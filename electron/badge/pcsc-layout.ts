import koffi from "koffi";

/**
 * The types of PC/SC, which differ by platform.
 *
 * - Linux (pcsclite.h, wintypes.h): DWORD and LONG are C longs, so 64 bits wide. Tested here.
 * - Windows x64 and arm64 (winscard.h, winsmcrd.h): DWORD and LONG are 32 bits, handles are ULONG_PTR, an ATR takes 36
 *   bytes, and functions that take names end in A or W. UNTESTED here: there is no Windows in this project's builds.
 * - macOS (PCSC.framework, pcsclite.h and wintypes.h): 32 bits everywhere, and structs are packed without padding
 *   (`#pragma pack(1)`). UNTESTED here.
 */
export function pcscLayout(platform: NodeJS.Platform) {
  const linux = platform === "linux";
  const windows = platform === "win32";
  const DWORD = linux ? "unsigned long" : "uint32_t";
  const LONG = linux ? "long" : "int32_t";
  const HANDLE = linux ? "long" : windows ? "uintptr_t" : "int32_t";
  const struct = platform === "darwin" ? koffi.pack : koffi.struct;
  return {
    library: windows
      ? "winscard.dll"
      : platform === "darwin"
        ? "/System/Library/Frameworks/PCSC.framework/PCSC"
        : "libpcsclite.so.1",
    /** Of functions that take strings: we speak the one-byte ones, reader names being ASCII in practice. */
    suffix: windows ? "A" : "",
    DWORD,
    LONG,
    HANDLE,
    SCARD_READERSTATE: struct({
      szReader: "const char *",
      pvUserData: "void *",
      dwCurrentState: DWORD,
      dwEventState: DWORD,
      cbAtr: DWORD,
      rgbAtr: koffi.array("uint8_t", windows ? 36 : 33),
    }),
    SCARD_IO_REQUEST: struct({ dwProtocol: DWORD, cbPciLength: DWORD }),
    /** Apple's PC/SC does not know the pseudo-reader that tells of new readers: there the list is read every second. */
    tellsOfReaders: platform !== "darwin",
  };
}
