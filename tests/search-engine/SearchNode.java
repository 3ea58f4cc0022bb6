import java.util.concurrent.CountDownLatch;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/** One OpenSearch node: {@code SearchNode FOLDER PORT}, until the process is ended. */
public final class SearchNode {
    public static void main(String[] arguments) throws InterruptedException {
        String folder = arguments[0];
        String port = arguments[1];
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((number, settings) -> {
            settings.put("network.host", "127.0.0.1");
            settings.put("http.port", port);
            // Nodes that run at the same time must not find each other.
            settings.put("transport.port", "0");
            settings.put("discovery.type", "single-node");
            // A full disk of the machine is not what is tested.
            settings.put("cluster.routing.allocation.disk.threshold_enabled", "false");
        });
        runner.build(OpenSearchRunner.newConfigs()
            .basePath(folder).numOfNode(1).clusterName("sspp-" + port).useLogger());
        new CountDownLatch(1).await();
    }
}
