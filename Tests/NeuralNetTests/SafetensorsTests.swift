import Foundation
import NeuralNet
import Testing

@Suite("Safetensors files")
struct SafetensorsTests {
    /// A file with this header and so many bytes of data.
    static func file(_ header: String, data: Int = 0) -> [UInt8] {
        let json = Array(header.utf8)
        return (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json
            + (0..<data).map { UInt8(truncatingIfNeeded: $0) }
    }

    static func tensor(_ name: String, _ type: String, _ shape: String, _ begin: Int, _ end: Int) -> String {
        "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
    }

    private func floats(_ file: SafetensorsFile, _ name: String) throws -> [Float] {
        var values = [Float](repeating: .nan, count: try #require(file[tensor: name]).count)
        try values.withUnsafeMutableBufferPointer { try file.read(name, into: $0) }
        return values
    }

    @Test("tensors and metadata are read back as they were written")
    func roundTrip() throws {
        let metadata = ["name": "a \"quoted\" \\ name\n\u{1}", "ключ": "Wert 😀"]
        let bytes = SafetensorsFile.encode(
            metadata: metadata,
            tensors: [("b", [2, 3], [1, 2, 3, 4, 5, 6.5]), ("a/é", [], [-7]), ("none", [0, 4], [])])
        let file = try SafetensorsFile(name: "x", bytes: bytes)
        #expect(file.metadata == metadata)
        #expect(file.tensorNames.sorted() == ["a/é", "b", "none"])
        #expect(file.shape(of: "b") == [2, 3] && file.shape(of: "a/é") == [] && file.shape(of: "none") == [0, 4])
        #expect(try floats(file, "b") == [1, 2, 3, 4, 5, 6.5])
        #expect(try floats(file, "a/é") == [-7])
        #expect(file.shape(of: "c") == nil)

        let renamed = try SafetensorsFile(name: "y", bytes: file.bytes(withMetadata: ["k": "v"]))
        #expect(renamed.metadata == ["k": "v"])
        #expect(renamed.tensors == file.tensors)
        #expect(try floats(renamed, "b") == [1, 2, 3, 4, 5, 6.5])
        #expect(renamed.bytes.count.isMultiple(of: 4))
    }

    @Test("a header with spaces, any order of members, escapes and padding is read")
    func looseHeader() throws {
        let header = """
            { "a\\u0062\\ud83d\\ude00" : { "data_offsets" : [ 0 , 4 ] ,\n\t"shape" : [ 1 ] , "dtype" : "F32" } }   \n
            """
        let file = try SafetensorsFile(name: "x", bytes: Self.file(header, data: 4))
        #expect(file.tensorNames == ["ab😀"])
        #expect(try SafetensorsFile(name: "x", bytes: Self.file("{}")).tensors.isEmpty)
    }

    @Test("every F16 is read exactly, subnormals, infinities and NaN included")
    func halfPrecision() throws {
        let header = "{\(Self.tensor("h", "F16", "[65536]", 0, 131_072))}"
        var bytes = Self.file(header)
        for pattern in 0...UInt16.max { bytes += [UInt8(pattern & 0xFF), UInt8(pattern >> 8)] }
        let values = try floats(SafetensorsFile(name: "x", bytes: bytes), "h")
        for pattern in 0...UInt16.max {
            // By the definition: sign, 5 bits of exponent with bias 15, 10 bits of fraction.
            let exponent = Int(pattern >> 10 & 31)
            let fraction = Double(pattern & 1023)
            var expected =
                exponent == 0 ? fraction * 0x1p-24 : (1024 + fraction) * pow(2, Double(exponent - 25))
            if exponent == 31 { expected = fraction == 0 ? .infinity : .nan }
            if pattern >> 15 == 1 { expected = -expected }
            let value = values[Int(pattern)]
            guard value.isNaN ? expected.isNaN : Double(value) == expected,
                value.isNaN || (value.sign == .minus) == (pattern >> 15 == 1)
            else {
                Issue.record("F16 \(pattern) is \(value), expected \(expected)")
                return
            }
        }
    }

    @Test("BF16 is the upper half of a float")
    func brainFloat() throws {
        let header = "{\(Self.tensor("b", "BF16", "[4]", 0, 8))}"
        let bytes = Self.file(header) + [0x80, 0x3F, 0x00, 0xC0, 0x01, 0x00, 0x80, 0x7F]
        let values = try floats(SafetensorsFile(name: "x", bytes: bytes), "b")
        #expect(values == [1, -2, Float(bitPattern: 0x10000), .infinity])
    }

    @Test("a tensor of another element type is refused only when it is used")
    func otherTypes() throws {
        let header = "{\(Self.tensor("n", "I64", "[]", 0, 8))}"
        let file = try SafetensorsFile(name: "x.safetensors", bytes: Self.file(header, data: 8))
        let error = #expect(throws: NeuralNetError.self) { _ = try floats(file, "n") }
        #expect(error?.description.contains("x.safetensors: tensor n: its element type is I64") == true)
    }

    /// Header, bytes of data, and a part of the reason.
    static let broken: [(header: String, data: Int, reason: String)] = [
        ("", 0, "does not start with {"),
        ("[]", 0, "does not start with {"),
        (" {}", 0, "does not start with {"),
        ("{", 0, "early end"),
        ("{}x", 0, "after the header"),
        ("{} {}", 0, "after the header"),
        ("{\"a\"}", 0, "no :"),
        ("{\"a\":1}", 0, "no {"),
        ("{\"a\":{}}", 0, "dtype is missing"),
        ("{\"a\":{\"dtype\":\"F32\"}}", 0, "shape is missing"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "data_offsets is missing"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "beginning and an end"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4, "more than 2 numbers"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, "beginning and an end"),
        ("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "there twice"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", 4, "not known"),
        ("{\(tensor("a", "F99", "[1]", 0, 4))}", 4, "F99 is not known"),
        ("{\(tensor("a", "F32", "[-1]", 0, 4))}", 4, "non-negative integer"),
        ("{\(tensor("a", "F32", "[1.5]", 0, 4))}", 4, "no ]"),
        ("{\(tensor("a", "F32", "[01]", 0, 4))}", 4, "leading zero"),
        ("{\(tensor("a", "F32", "[1e1]", 0, 40))}", 40, "no ]"),
        ("{\(tensor("a", "F32", "[99999999999999999999]", 0, 4))}", 4, "beyond 64 bits"),
        ("{\(tensor("a", "F32", "[4611686018427387904,4]", 0, 0))}", 0, "larger than any memory"),
        ("{\(tensor("a", "F32", "[9223372036854775807]", 0, 4))}", 4, "larger than any memory"),
        ("{\(tensor("a", "F32", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", 0, 4))}", 4, "more than 16 numbers"),
        ("{\(tensor("a", "F32", "[2]", 0, 4))}", 4, "takes 8 bytes"),
        ("{\(tensor("a", "F16", "[2]", 0, 8))}", 8, "takes 4 bytes"),
        ("{\(tensor("a", "F32", "[1]", 0, 4))}", 3, "take 4 bytes, but 3 follow"),
        ("{\(tensor("a", "F32", "[1]", 0, 4))}", 5, "take 4 bytes, but 5 follow"),
        ("{\(tensor("a", "F32", "[1]", 4, 8))}", 8, "leave a gap"),
        ("{\(tensor("a", "F32", "[1]", 0, 4)),\(tensor("b", "F32", "[1]", 8, 12))}", 12, "leave a gap"),
        ("{\(tensor("a", "F32", "[2]", 0, 8)),\(tensor("b", "F32", "[1]", 4, 8))}", 8, "overlap"),
        ("{\(tensor("a", "F32", "[1]", 0, 4)),\(tensor("b", "F32", "[1]", 0, 4))}", 4, "overlap"),
        ("{\(tensor("a", "F32", "[1]", 0, 4)),\(tensor("a", "F32", "[1]", 4, 8))}", 8, "twice"),
        ("{\"__metadata__\":{\"k\":1}}", 0, "no \""),
        ("{\"__metadata__\":{\"k\":\"v\",\"k\":\"w\"}}", 0, "twice"),
        ("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "twice"),
        ("{\"__metadata__\":[]}", 0, "no {"),
        ("{\"a", 0, "without an end"),
        ("{\"\\x\":{}}", 0, "unknown escape"),
        ("{\"\\u12\":{}}", 0, "four hexadecimal digits"),
        ("{\"\\ud800\":{}}", 0, "surrogate"),
        ("{\"\\udc00\":{}}", 0, "surrogate"),
        ("{\"\\ud800\\u0041\":{}}", 0, "surrogate"),
        ("{\"a\n\":{}}", 0, "control character"),
        ("{\(tensor("a", "F32", "[1]", 0, 4)),}", 4, "no \""),
    ]

    @Test("a file that breaks a rule is refused with its name and the reason", arguments: broken.indices)
    func refused(index: Int) {
        let (header, data, reason) = Self.broken[index]
        let error = #expect(throws: NeuralNetError.self) {
            try SafetensorsFile(name: "bad.safetensors", bytes: Self.file(header, data: data))
        }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("bad.safetensors: ") && text.contains(reason), "\(header): \(text)")
    }

    @Test("a file too short, or with a length beyond it, is refused")
    func lengths() {
        let cases: [([UInt8], String)] = [
            ([], "too short"), ([1, 0, 0, 0, 0, 0, 0], "too short"),
            ([1, 0, 0, 0, 0, 0, 0, 0], "cut short"),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "header would be"),
            ([0, 0, 0, 0, 0, 0, 0, 0x80], "header would be"),
            (Array("%PDF-1.7 and so on".utf8), "not a safetensors file"),
            ([0, 0, 0, 0, 0, 0, 0, 0], "does not start with {"),
        ]
        for (bytes, reason) in cases {
            let error = #expect(throws: NeuralNetError.self) { try SafetensorsFile(name: "x", bytes: bytes) }
            #expect(error?.description.contains(reason) == true)
        }
    }

    @Test("a name that is not UTF-8 is refused")
    func notUTF8() {
        let json: [UInt8] = Array("{\"".utf8) + [0xC3, 0x28] + Array("\":{}}".utf8)
        #expect(throws: NeuralNetError.self) {
            try SafetensorsFile(name: "x", bytes: [UInt8(json.count), 0, 0, 0, 0, 0, 0, 0] + json)
        }
    }

    @Test("files that cannot be read are refused by name", arguments: ["/nonexistent/a.safetensors", "/"])
    func unreadable(path: String) {
        #expect(throws: NeuralNetError.self) { try SafetensorsFile(path: path) }
        #expect(throws: NeuralNetError.self) { try SafetensorsFile.metadata(path: path) }
    }

    @Test("whatever is changed in a file, it is read or refused, and never read beyond its end")
    func mutations() {
        let sound = SafetensorsFile.encode(
            metadata: ["name": "x"], tensors: [("a", [2, 2], [1, 2, 3, 4]), ("b", [3], [5, 6, 7])])
        var state: UInt32 = 1
        func random(_ limit: Int) -> Int {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Int(state >> 8) % limit
        }
        var refusals = 0
        for _ in 0..<20_000 {
            var bytes = sound
            for _ in 0...random(3) {
                switch random(4) {
                case 0: bytes[random(bytes.count)] = UInt8(random(256))
                case 1: bytes[random(bytes.count)] ^= UInt8(1 << random(8))
                case 2: bytes.removeSubrange(random(bytes.count)..<bytes.count)
                default: bytes.insert(Array("0123456789{}[],:\"".utf8)[random(17)], at: random(bytes.count))
                }
                if bytes.isEmpty { break }
            }
            do {
                let file = try SafetensorsFile(name: "x", bytes: bytes)
                for tensor in file.tensors {
                    _ = try? floats(file, tensor.name)
                }
            } catch {
                refusals += 1
            }
        }
        #expect(refusals > 10_000)
    }
}
