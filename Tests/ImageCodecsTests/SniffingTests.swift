import ImageCodecs
import Testing

@Suite("Telling what a file is by its bytes")
struct SniffingTests {
    @Test(
        "accepted formats are recognised",
        arguments: [("baseline.jpg", ImageFormat.jpeg), ("reference.png", .png), ("lossy.webp", .webp)])
    func accepted(name: String, format: ImageFormat) throws {
        let info = try ImageDecoder.inspect(Fixture.bytes(name))
        #expect(info == ImageInfo(format: format, width: 40, height: 24))
    }

    @Test(
        "real files of other kinds are refused by name",
        arguments: [
            ("refused.gif", "GIF"), ("refused.pdf", "PDF"), ("refused.tiff", "TIFF"),
            ("refused-big-endian.tiff", "TIFF"), ("refused.bmp", "BMP"), ("refused.ico", "ICO"),
            ("refused.jp2", "JPEG 2000"), ("refused.avif", "AVIF"),
        ])
    func refusedFile(name: String, kind: String) throws {
        let bytes = try Fixture.bytes(name)
        #expect(decodingError(bytes) == .unsupported(kind: kind))
    }

    static func media(_ major: String, _ compatible: String...) -> [UInt8] {
        let brands = major.utf8 + [0, 0, 0, 0] + compatible.flatMap { Array($0.utf8) }
        return PNGBytes.bigEndian(UInt32(brands.count + 8)) + "ftyp".utf8 + brands + [UInt8](repeating: 0, count: 40)
    }

    static let starts: [(kind: String, bytes: [UInt8])] = [
        ("HEIC", media("heic", "mif1", "heic")), ("HEIC", media("mif1", "mif1", "heix")),
        ("HEIF", media("mif1", "mif1", "miaf")), ("HEIF", media("msf1")),
        ("AVIF", media("avif", "mif1", "miaf")), ("AVIF", media("mif1", "miaf", "avif")), ("AVIF", media("avis")),
        ("MP4 video", media("isom", "iso2", "mp41")), ("MP4 video", media("mp42")), ("MOV video", media("qt  ")),
        ("MOV video", [0, 0, 0, 8] + Array("wide".utf8) + [0, 0, 0, 0]),
        ("WebM video", [0x1A, 0x45, 0xDF, 0xA3, 0x9F, 0x42, 0x82, 0x84] + Array("webm".utf8)),
        ("Matroska video", [0x1A, 0x45, 0xDF, 0xA3, 0x9F, 0x42, 0x82, 0x88] + Array("matroska".utf8)),
        ("AVI video", Array("RIFF".utf8) + [1, 2, 3, 4] + Array("AVI LIST".utf8)),
        ("JPEG XL", [0xFF, 0x0A, 0x10, 0x20]),
        ("JPEG XL", [0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20, 0x0D, 0x0A, 0x87, 0x0A, 0]),
        ("JPEG 2000", [0xFF, 0x4F, 0xFF, 0x51, 0, 0x2F]),
        ("PSD", Array("8BPS".utf8) + [0, 1]), ("PDF", Array("%PDF-1.7\n".utf8)), ("GIF", Array("GIF89a".utf8)),
    ]

    @Test("the first bytes of other kinds are enough", arguments: starts)
    func refusedStart(kind: String, bytes: [UInt8]) {
        #expect(decodingError(bytes) == .unsupported(kind: kind))
    }

    @Test(
        "SVG is recognised behind whatever may stand before its root",
        arguments: [
            "<svg xmlns='http://www.w3.org/2000/svg'/>", "\u{FEFF}<svg>", " \r\n\t<svg\n width='1'>",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- > drawn -- by hand -->\n<svg>",
            "<!-- a --><!-- b --><svg/>",
            "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"svg11.dtd\"><svg>",
            "<?xml version='1.0'?><!DOCTYPE svg [ <!ENTITY ns \"x>y\"> ]><svg:svg xmlns:svg='s'>",
        ])
    func svg(text: String) {
        let forms: [[UInt8]] = [
            Array(text.utf8),
            [0xFF, 0xFE] + text.utf16.filter { $0 != 0xFEFF }.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] },
        ]
        for bytes in forms {
            #expect(
                decodingError(bytes) == .unsupported(kind: "SVG"))
        }
    }

    @Test(
        "everything else is not an image",
        arguments: [
            "hello", "<html><svg></svg></html>", "<!-- never closed <svg>", "<svgx>", "BM is a text", "<", "<?",
            "<!DOCTYPE",
            "RIFF1234WAVEfmt ", "\0\0\0\0\0\0\0\0\0\0\0\0", "%PD", "GIF88a", "\u{FEFF}", "PK\u{3}\u{4}",
        ])
    func notAnImage(text: String) {
        let bytes = Array(text.utf8)
        #expect(decodingError(bytes) == .notAnImage)
    }

    @Test("no bytes are told apart from wrong bytes")
    func empty() {
        #expect(imageError { () throws(ImageError) in _ = try ImageDecoder.decode([]) } == .empty)
        #expect(imageError { () throws(ImageError) in _ = try ImageDecoder.inspect([]) } == .empty)
    }
}
