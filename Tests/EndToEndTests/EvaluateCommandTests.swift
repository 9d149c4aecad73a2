import ChildProcesses
import Foundation
import Testing

@Suite("vitrine evaluate")
struct EvaluateCommandTests {
    @Test("measures a catalog against itself, writes JSON and HTML, and compares with an earlier result")
    func holdout() throws {
        let catalog = try SmallCatalog(count: 80)
        _ = try RunningCommand.run("index", "--catalog", catalog.path, "--data", catalog.data)
        let (json, html) = (catalog.path + "/result.json", catalog.path + "/report.html")
        let arguments = [
            "evaluate", "--catalog", catalog.path, "--data", catalog.data, "--holdout", "0.3", "--resamples", "100",
        ]
        let first = try RunningCommand(arguments + ["--json", json, "--html", html]).wait()
        #expect(first.status == 0, "\(first.errors)")
        for title in ["P@5 category ", "P@5 colour", "P@5 gender", "P@5 category and colour", "mAP", "nDCG@5"] {
            #expect(first.output.contains("\n\(title)"), "\(title)")
        }
        let result = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: json))) as? [String: Any])
        let queries = try #require(result["results"] as? [[String: Any]])
        let gallery = try #require((result["setup"] as? [String: Any])?["gallery"] as? Int)
        #expect(queries.count > 8 && queries.count + gallery == 80)
        let asked = Set(queries.compactMap { $0["id"] as? String })
        for query in queries {
            let hits = try #require(query["hits"] as? [[String: Any]])
            #expect(hits.count == 5 && hits.allSatisfy { !asked.contains($0["id"] as? String ?? "") })
        }
        let page = try String(contentsOfFile: html, encoding: .utf8)
        #expect(page.contains("data:image/jpeg;base64,") && page.contains("<svg") && page.hasSuffix("</html>\n"))

        let second = try RunningCommand(arguments + ["--compare", json]).wait()
        #expect(second.output.contains("\(queries.count) queries in common\n"))
        #expect(second.output.contains("+0.000 [+0.000, +0.000] p = 1.000"))
    }

    @Test("measures with photos of a folder and a label map")
    func folder() throws {
        let catalog = try SmallCatalog(count: 40)
        _ = try RunningCommand.run("index", "--catalog", catalog.path, "--data", catalog.data)
        let folder = try TemporaryFolder()
        for id in catalog.ids.prefix(6) { try folder.write(try catalog.photo(id), to: "images/\(id).jpg") }
        let table = try String(contentsOfFile: catalog.path + "/items.csv", encoding: .utf8)
        let rows = table.split(separator: "\n").dropFirst().prefix(6).map { $0.split(separator: ",") }
        let lines = rows.map { "\($0[0]),Thing" } + ["gone,Thing", "\(catalog.ids[0]).jpg,Unsure"]
        try folder.write(Array((["image,label"] + lines).joined(separator: "\n").utf8), to: "photos.csv")
        let kinds = Set(rows.map { "Thing,\($0[3])" }).sorted()
        try folder.write(Array((["label,category"] + kinds).joined(separator: "\n").utf8), to: "map.txt")
        let arguments = ["evaluate", "--catalog", catalog.path, "--data", catalog.data, "--queries", folder.path]
        let outcome = try RunningCommand(
            arguments + ["--label-map", folder.path + "/map.txt", "-k", "3", "-k", "5"]
        ).wait()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("6 queries") && outcome.output.contains("2 queries left out"))
        #expect(outcome.output.contains("street P@3 (macro)") && outcome.output.contains("P@5 category"))

        // The same photos in an archive, and changed on their way.
        try archive(folder.path, to: catalog.path + "/photos")
        let packed =
            ["evaluate", "--catalog", catalog.path, "--data", catalog.data]
            + ["--queries", catalog.path + "/photos.zip", "--label-map", folder.path + "/map.txt", "-k", "3"]
        let json = catalog.path + "/plain.json"
        let plain = try RunningCommand(packed + ["--json", json]).wait()
        #expect(plain.status == 0 && plain.output.contains("6 queries (photos.zip)"), "\(plain)")
        let changed = try RunningCommand(
            packed + ["--fit", "pad", "--jpeg-quality", "40", "--scale", "0.5", "--compare", json]
        ).wait()
        #expect(changed.status == 0, "\(changed.errors)")
        #expect(changed.output.contains("6 queries (photos.zip (scaled by 0.5, JPEG quality 40, pad))"))
        #expect(changed.output.contains("6 queries in common"))
    }

    private func archive(_ folder: String, to base: String) throws {
        let program = "import shutil, sys; shutil.make_archive(*sys.argv[1:])"
        try #require(ChildProcess("/usr/bin/python3", ["-c", program, base, "zip", folder]).wait() == 0)
    }

    @Test("says what is wrong with its input, with the right status")
    func failures() throws {
        let catalog = try SmallCatalog(count: 4)
        let options = ["--catalog", catalog.path, "--data", catalog.data]
        try catalog.folder.write(Array("label\n".utf8), to: "map.txt")
        let cases: [([String], Int32, String)] = [
            (["evaluate"] + options, 65, "vitrine index"),
            (["evaluate", "--holdout", "1"] + options, 64, "--holdout"),
            (["evaluate", "-k", "0"] + options, 64, "-k"),
            (["evaluate", "--label-map", "x"] + options, 64, "--queries"),
            (
                ["evaluate", "--queries", catalog.path, "--label-map", catalog.path + "/map.txt"] + options, 65,
                "line 1"
            ),
            (["evaluate", "--fit", "pad"] + options, 64, "need --queries"),
            (["evaluate", "--queries", "x", "--jpeg-quality", "0"] + options, 64, "--jpeg-quality"),
            (["evaluate", "--queries", "x", "--scale", "2"] + options, 64, "--scale"),
            (["evaluate", "--queries", "x", "--fit", "bend"] + options, 64, "--fit"),
            (["evaluate", "--compare", catalog.path + "/items.csv"] + options, 65, "it is no JSON"),
        ]
        for (arguments, status, text) in cases {
            let outcome = try RunningCommand(arguments).wait()
            #expect(outcome.status == status && outcome.errors.contains(text), "\(arguments): \(outcome)")
            #expect(outcome.output.isEmpty)
        }
    }
}
