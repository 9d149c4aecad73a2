import Foundation
import Testing

@Suite("vitrine bench")
struct BenchCommandTests {
    @Test("answers each command with a line of JSON, embeds as vitrine embed does, and goes on after errors")
    func commands() throws {
        let photo = try #require(
            FileManager.default.contentsOfDirectory(atPath: Project.catalog + "/images").sorted().first)
        let path = Project.catalog + "/images/" + photo
        let input =
            "embed 0\nload \(path)\nload /no/such\nembed 0\nlatency 3\nthroughput 4\ndance 1\nlatency -1\n"
            + "singles 3\n"
        let outcome = try RunningCommand(["bench", "--threads", "1"], input: input).wait()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let answers = try outcome.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        try #require(answers.count == 10)
        #expect(answers[0]["dimension"] as? Int == 256)
        for index in [1, 3, 7, 8] { #expect(answers[index]["error"] is String, "\(answers[index])") }
        #expect(answers[2]["pictures"] as? Int == 1)
        let vector = answers[4]["embedding"] as? [Double]
        #expect(vector == (try RunningCommand.run("embed", path).json()["embedding"] as? [Double]))
        let milliseconds = try #require(answers[5]["milliseconds"] as? [Double])
        #expect(milliseconds.count == 3 && milliseconds.allSatisfy { $0 > 0 })
        for index in [6, 9] { #expect(try #require(answers[index]["seconds"] as? Double) > 0) }
    }

    @Test("measures decoding too, and shows what comes of it")
    func decoding() throws {
        let photo = try #require(
            FileManager.default.contentsOfDirectory(atPath: Project.catalog + "/images").sorted().first)
        let path = Project.catalog + "/images/" + photo
        let input = "decode 1\nread \(path)\nread /no/such\ndecode 3\nload \(path)\nplanes 0\n"
        let outcome = try RunningCommand(["bench", "--threads", "1"], input: input).wait()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let answers = try outcome.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        try #require(answers.count == 7)
        for index in [1, 3] { #expect(answers[index]["error"] is String, "\(answers[index])") }
        let milliseconds = try #require(answers[4]["milliseconds"] as? [Double])
        #expect(milliseconds.count == 3 && milliseconds.allSatisfy { $0 > 0 })
        let planes = try #require(answers[6]["planes"] as? [Double])
        #expect(!planes.isEmpty && planes.count % 3 == 0 && planes.allSatisfy { 0...255.01 ~= $0 })
    }

    @Test("is not listed in the help, and refuses no threads")
    func hidden() throws {
        #expect(try !RunningCommand.run("--help").output.contains("bench"))
        #expect(try RunningCommand.run("bench", "--threads", "0").status == 64)
    }
}
