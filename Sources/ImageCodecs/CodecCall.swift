internal import CImageCodecs

/// Calls a C function that reports by status and text.
///
/// - Throws: the ``ImageError`` that the status stands for.
func callCodec(_ body: (imc_text) -> imc_status) throws(ImageError) {
    var status = IMC_OK
    let reason = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { characters in
        characters.initialize(repeating: 0)
        status = body(imc_text(characters: characters.baseAddress, capacity: characters.count))
        return status == IMC_OK
            ? "" : String(decoding: characters.lazy.map(UInt8.init(bitPattern:)).prefix { $0 != 0 }, as: UTF8.self)
    }
    switch status {
    case IMC_OK: return
    case IMC_UNSUPPORTED: throw .unsupported(kind: reason)
    case IMC_TOO_LARGE, IMC_NO_MEMORY: throw .tooLarge(reason: reason)
    case IMC_TOO_COMPLEX: throw .tooComplex(reason: reason)
    default: throw .damaged(reason: reason)
    }
}

extension [UInt8] {
    /// `withUnsafeBytes` that keeps the type of what is thrown.
    func withRawBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws(ImageError) -> Result
    ) throws(ImageError) -> Result {
        let outcome = withUnsafeBytes { bytes -> Swift.Result<Result, ImageError> in
            do throws(ImageError) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        return try outcome.get()
    }
}
