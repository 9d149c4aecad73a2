import ImageCodecs
import Testing

@Suite("What an error says")
struct ImageErrorTests {
    static let all: [(error: ImageError, code: String, status: Int)] = [
        (.empty, "empty_image", 400), (.notAnImage, "not_an_image", 415),
        (.unsupported(kind: "HEIC"), "unsupported_image", 415), (.damaged(reason: "x"), "damaged_image", 422),
        (.tooLarge(reason: "x"), "image_too_large", 413), (.tooComplex(reason: "x"), "image_too_complex", 422),
    ]

    @Test("every kind has its code, its status and a text to act on", arguments: all)
    func kinds(error: ImageError, code: String, status: Int) {
        #expect(error.code == code)
        #expect(error.status == status)
        #expect(error.message.contains("Please"))
        #expect("\(error)".hasPrefix(code))
    }

    @Test("an unsupported kind is named with what is accepted instead")
    func unsupported() {
        #expect(
            ImageError.unsupported(kind: "HEIC").message
                == "This is a HEIC file, which is not supported. Please use a JPEG, PNG or WebP photo.")
        #expect(ImageError.unsupported(kind: "AVIF").message.hasPrefix("This is an AVIF file"))
    }

    @Test("a size error tells the size and the limit")
    func size() {
        let png = PNGBytes.header(width: 10_000, height: 6_010) + PNGBytes.chunk("IDAT")
        let error = decodingError(png)
        #expect(error == .tooLarge(reason: "it has 60.1 megapixels, and at most 50 are accepted"))
        #expect(
            error?.message
                == "This photo is too large: it has 60.1 megapixels, and at most 50 are accepted. "
                + "Please choose a smaller one.")
    }
}
